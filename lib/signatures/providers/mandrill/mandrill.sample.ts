import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { mandrill as mandrillScheme } from './mandrill.js';

const mandrillEvents = <Type extends string>({ seconds }: Occasion, type: Type) => ({
  mandrill_events: JSON.stringify([
    {
      event: type,
      _id: 'hookline1',
      ts: seconds,
      msg: { _id: 'hookline1', email: 'jane@example.com', subject: 'Your order', state: 'sent' },
    },
  ]),
});

export const mandrill = {
  create: ({ secret, url }) => mandrillScheme({ secret, url }),
  newSecret: newSecret.hex,
  page: {
    call: '`mandrill({ secret, url })`',
    signature: '`X-Mandrill-Signature`',
    id: 'digest',
    type: '`event`',
    handshake: '`HEAD`, and an empty list of events',
    batch: 'a batch',
    document: 'Authenticating webhook requests',
  },
  samples: {
    send: { format: 'form', payload: (event) => mandrillEvents(event, 'send') },
    open: { format: 'form', payload: (event) => mandrillEvents(event, 'open') },
  },
} satisfies ListedProvider;
