import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { adyen as adyenScheme } from './adyen.js';

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
  // Only eight fields of an item are signed.
  tamper: (body) => body.replace('"value":', '"value":1'),
  page: {
    call: '`adyen({ secret })`',
    signature: '`additionalData.hmacSignature` of each item',
    id: 'joins `pspReference`, `eventCode`, `success`',
    type: '`eventCode` ³',
    batch: 'a batch',
    document: 'Verify HMAC signatures',
  },
  samples: {
    AUTHORISATION: { payload: (event) => adyenNotification(event, 'AUTHORISATION') },
    REFUND: { payload: (event) => adyenNotification(event, 'REFUND') },
  },
} satisfies ListedProvider;
