import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { twilio as twilioScheme } from './twilio.js';

const twilioHeaders = ({ id }: Occasion): Record<string, string> => ({
  'i-twilio-idempotency-token': id,
});

export const twilio = {
  create: ({ secret, url }) => twilioScheme({ authToken: secret, url }),
  newSecret: newSecret.hex,
  page: {
    call: '`twilio({ authToken, url, deduplicateByBody })`',
    signature: '`X-Twilio-Signature`',
    id: '`I-Twilio-Idempotency-Token` ¹',
    type: '`MessageStatus` or `CallStatus`',
    batch: 'JSON may be a batch',
    document: 'Webhooks Security',
  },
  samples: {
    'message.delivered': {
      format: 'form',
      headers: twilioHeaders,
      payload: () => ({
        AccountSid: 'AChookline',
        MessageSid: 'SMhookline1',
        MessageStatus: 'delivered',
        From: '+15005550006',
        To: '+15005550001',
      }),
    },
    'call.completed': {
      format: 'form',
      headers: twilioHeaders,
      payload: () => ({
        AccountSid: 'AChookline',
        CallSid: 'CAhookline1',
        CallStatus: 'completed',
        CallDuration: '42',
        From: '+15005550006',
        To: '+15005550001',
      }),
    },
  },
} satisfies ListedProvider;
