import { adyen as adyenScheme } from '../../signatures/providers/adyen/adyen.js';
import { braintree as braintreeScheme } from '../../signatures/providers/braintree/braintree.js';
import { paddleClassic as paddleClassicScheme } from '../../signatures/providers/paddle-classic/paddle-classic.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import { keyOptions } from './private-key.js';
import type { Provider } from './provider.js';

const adyenNotification = <Type extends string>({ uuid, iso }: Occasion, type: Type) => ({
  live: 'false',
  notificationItems: [
    {
      NotificationRequestItem: {
        pspReference: uuid.replaceAll('-', '').slice(0, 16).toUpperCase(),
        merchantAccountCode: 'Hookline',
        merchantReference: 'order-1001',
        amount: { value: 2500, currency: 'EUR' },
        eventCode: type,
        eventDate: iso,
        success: 'true',
      },
    },
  ],
});

export const adyen = {
  create: adyenScheme,
  newSecret: newSecret.hex,
  // Eight fields of an item are signed.
  tamper: (body) => body.replace('"value":', '"value":1'),
  samples: {
    AUTHORISATION: { payload: (event) => adyenNotification(event, 'AUTHORISATION') },
    REFUND: { payload: (event) => adyenNotification(event, 'REFUND') },
  },
} satisfies Provider;

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
  // Of the form, the document is signed.
  tamper: (body) => body.replace('bt_payload=', 'bt_payload=AAAA'),
  samples: {
    subscription_charged_successfully: {
      payload: (event) => braintreeNotification(event, 'subscription_charged_successfully'),
    },
    subscription_canceled: {
      payload: (event) => braintreeNotification(event, 'subscription_canceled'),
    },
  },
} satisfies Provider;

export const paddleClassic = {
  create: ({ secret }) => paddleClassicScheme(keyOptions(secret)),
  newSecret: newSecret.rsa,
  samples: {
    subscription_payment_succeeded: {
      format: 'form',
      payload: ({ number, iso }) => ({
        alert_name: 'subscription_payment_succeeded',
        alert_id: number,
        event_time: iso.slice(0, 19).replace('T', ' '),
        email: 'jane@example.com',
        subscription_id: 501,
        sale_gross: '25.00',
        currency: 'EUR',
      }),
    },
  },
} satisfies Provider;
