import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { zendesk as zendeskScheme } from './zendesk.js';

export const zendesk = {
  create: zendeskScheme,
  newSecret: newSecret.base64,
  page: {
    call: '`zendesk({ secret, toleranceSeconds })`',
    signature: '`X-Zendesk-Webhook-Signature`',
    id: '`X-Zendesk-Webhook-Invocation-Id` ¹',
    type: '`type`',
    document: 'Verifying webhook authenticity',
  },
  samples: {
    'zen:event-type:ticket.created': {
      payload: ({ id, iso, number }) => ({
        id,
        type: 'zen:event-type:ticket.created',
        subject: `zen:ticket:${number}`,
        time: iso,
        account_id: 501,
        zendesk_event_version: '2022-11-06',
        event: {},
        detail: { id: String(number), subject: 'Where is my order?', status: 'NEW' },
      }),
    },
  },
} satisfies ListedProvider;
