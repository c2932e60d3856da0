import { createHash } from 'node:crypto';
import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withSigning } from '../../samples/with-signing.js';
import { mailgun as mailgunScheme } from './mailgun.js';

const mailgunEvent = <Type extends string>({ uuid, ms }: Occasion, type: Type) => ({
  'event-data': {
    event: type,
    id: uuid,
    timestamp: ms / 1_000,
    recipient: 'jane@example.com',
    message: { headers: { subject: 'Your order', from: 'shop@example.com' } },
  },
});

export const mailgun = {
  create: ({ secret }) => {
    const scheme = mailgunScheme({ secret });
    // The token is the event's id, and Mailgun's tokens have a fixed length: the same event has the same token.
    return withSigning(scheme, ({ id = '', ...input }) =>
      scheme.sign({ ...input, id: createHash('sha256').update(id).digest('hex').slice(0, 50) }),
    );
  },
  newSecret: newSecret.hex,
  page: {
    call: '`mailgun({ secret, toleranceSeconds, deduplicateBy })`',
    signature: '`signature` of the body',
    id: '`token` of the signature',
    type: '`event-data.event`, or `inbound` ³',
    document: 'Securing Webhooks',
  },
  samples: {
    delivered: { payload: (event) => mailgunEvent(event, 'delivered') },
    opened: { payload: (event) => mailgunEvent(event, 'opened') },
  },
} satisfies ListedProvider;
