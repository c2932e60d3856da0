import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { woocommerce as woocommerceScheme } from './woocommerce.js';

export const woocommerce = {
  create: woocommerceScheme,
  newSecret: newSecret.text,
  page: {
    call: '`woocommerce({ secret })`',
    signature: '`X-WC-Webhook-Signature`',
    id: '`X-WC-Webhook-Delivery-ID` ¹',
    type: '`X-WC-Webhook-Topic` ¹',
    handshake: 'unsigned form `webhook_id`',
    document: 'Webhooks',
  },
  samples: {
    'order.created': {
      headers: () => ({
        'x-wc-webhook-topic': 'order.created',
        'x-wc-webhook-source': 'https://shop.example.com/',
      }),
      payload: ({ number, iso }) => ({
        id: number,
        status: 'processing',
        currency: 'EUR',
        date_created_gmt: iso,
        total: '25.00',
        billing: { first_name: 'Jane', email: 'jane@example.com' },
        line_items: [{ id: 1, name: 'Mug', quantity: 2, total: '25.00' }],
      }),
    },
  },
} satisfies ListedProvider;
