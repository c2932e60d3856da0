import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import { keyOptions } from '../../samples/private-key.js';
import type { Provider } from '../../samples/provider.js';
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
  samples: {
    delivered: { payload: (event) => sendgridEvents(event, 'delivered') },
    open: { payload: (event) => sendgridEvents(event, 'open') },
  },
} satisfies Provider;
