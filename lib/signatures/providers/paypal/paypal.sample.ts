import { sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { bytesOf } from '../../parts/bytes-of.js';
import { certificateFetch, fetchOption } from '../../samples/fetched-key.js';
import { newSecret } from '../../samples/new-secret.js';
import { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withPrivateKey } from '../../samples/with-signing.js';
import { paypal as paypalScheme } from './paypal.js';

export const paypal = {
  create: ({ secret, account }) =>
    withPrivateKey(
      paypalScheme({ webhookId: account, ...fetchOption(secret, certificateFetch) }),
      secret,
      ({ body: given, id = '', timestamp = new Date() }) => {
        const body = bytesOf(given);
        const transmission = new Occasion(id, timestamp);
        const content = [transmission.uuid, transmission.iso, account, crc32(body)].join('|');
        const headers = {
          'paypal-transmission-id': transmission.uuid,
          'paypal-transmission-time': transmission.iso,
          'paypal-auth-algo': 'SHA256withRSA',
          'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-hookline',
          'paypal-transmission-sig': sign('sha256', Buffer.from(content), secret).toString(
            'base64',
          ),
        };
        return { headers, body };
      },
    ),
  newSecret: newSecret.rsa,
  account: 'WH-HOOKLINE1',
  fetchesKey: true,
  page: {
    call: '`paypal({ webhookId, toleranceSeconds })`',
    signature: '`PAYPAL-TRANSMISSION-SIG`',
    id: '`id`',
    type: '`event_type` ³',
    document: 'Verify webhook signature',
  },
  samples: {
    'PAYMENT.CAPTURE.COMPLETED': {
      payload: (event) =>
        paypalEvent(event, 'PAYMENT.CAPTURE.COMPLETED', 'capture', {
          id: 'CAPTUREHOOKLINE1',
          status: 'COMPLETED',
          amount: { currency_code: 'EUR', value: '25.00' },
        }),
    },
    'CHECKOUT.ORDER.APPROVED': {
      payload: (event) =>
        paypalEvent(event, 'CHECKOUT.ORDER.APPROVED', 'checkout-order', {
          id: 'ORDERHOOKLINE1',
          status: 'APPROVED',
          payer: { email_address: 'jane@example.com' },
        }),
    },
  },
} satisfies ListedProvider;

function paypalEvent<Type extends string, Resource extends object>(
  { id, iso }: Occasion,
  type: Type,
  resourceType: string,
  resource: Resource,
) {
  return {
    id,
    event_version: '1.0',
    create_time: iso,
    resource_type: resourceType,
    event_type: type,
    resource,
  };
}
