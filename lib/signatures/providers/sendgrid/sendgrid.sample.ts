import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import { keyOptions } from '../../samples/private-key.js';
import type { ListedProvider } from '../../samples/provider.js';
import { sendgrid as sendgridScheme } from './sendgrid.js';

const sendgridEvents = <Type extends string>({ id, seconds }: Occasion, type: Type) => [
  {
    email: 'jane@example.com',
    timestamp: seconds,
    'smtp-id': '<hookline1@example.com>',
    event: type,
    sg_event_id: id,
    sg_message_id: 'hookline1.recvd-1',
  },
];

export const sendgrid = {
  create: ({ secret }) => sendgridScheme(keyOptions(secret)),
  newSecret: newSecret.p256,
  page: {
    call: '`sendgrid({ publicKey, toleranceSeconds })`',
    signature: '`X-Twilio-Email-Event-Webhook-Signature`',
    id: '`sg_event_id`',
    type: '`event`',
    batch: 'a batch',
    document: 'Getting Started with the Event Webhook Security Features',
  },
  samples: {
    delivered: { payload: (event) => sendgridEvents(event, 'delivered') },
    open: { payload: (event) => sendgridEvents(event, 'open') },
  },
} satisfies ListedProvider;
