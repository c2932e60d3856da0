import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { braintree as braintreeScheme } from './braintree.js';

const braintreeNotification = ({ id, iso }: Occasion, kind: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<notification>
  <kind>${kind}</kind>
  <timestamp type="datetime">${iso}</timestamp>
  <subject><subscription><id>${id}</id><price>25.00</price></subscription></subject>
</notification>
`;

export const braintree = {
  create: ({ secret, account }) =>
    braintreeScheme({ keys: { publicKey: account, privateKey: secret } }),
  newSecret: newSecret.text,
  account: 'hookline',
  // Only the document in the form is signed.
  tamper: (body) => body.replace('bt_payload=', 'bt_payload=AAAA'),
  page: {
    call: '`braintree({ keys })`',
    signature: '`bt_signature` of the form',
    id: 'digest',
    type: '`kind`',
    handshake: '`GET` `bt_challenge`',
    document: 'Webhooks: Parse',
  },
  samples: {
    subscription_charged_successfully: {
      payload: (event) => braintreeNotification(event, 'subscription_charged_successfully'),
    },
    subscription_canceled: {
      payload: (event) => braintreeNotification(event, 'subscription_canceled'),
    },
  },
} satisfies ListedProvider;
