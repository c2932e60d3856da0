import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { woocommerce as woocommerceScheme } from './woocommerce.js';

export const woocommerce = {
  create: woocommerceScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;
