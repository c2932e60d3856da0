import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { shopify as shopifyScheme } from './shopify.js';

const shopifyHeaders =
  (topic: string) =>
  ({ id, uuid, iso }: Occasion): Record<string, string> => ({
    'x-shopify-topic': topic,
    'x-shopify-event-id': id,
    'x-shopify-webhook-id': uuid,
    'x-shopify-shop-domain': 'acme.myshopify.com',
    'x-shopify-api-version': '2025-10',
    'x-shopify-triggered-at': iso,
  });

export const shopify = {
  create: shopifyScheme,
  newSecret: newSecret.text,
  page: {
    call: '`shopify({ secret })`',
    signature: '`X-Shopify-Hmac-Sha256`',
    id: 'joins `X-Shopify-Event-Id` ¹ and topic',
    type: '`X-Shopify-Topic` ¹',
    document: 'Deliver webhooks through HTTPS',
  },
  samples: {
    'orders/create': {
      headers: shopifyHeaders('orders/create'),
      payload: ({ number, iso }) => ({
        id: number,
        name: '#1001',
        email: 'jane@example.com',
        created_at: iso,
        currency: 'EUR',
        total_price: '25.00',
        financial_status: 'paid',
        line_items: [{ id: 1, title: 'Mug', quantity: 2, price: '12.50' }],
      }),
    },
    'products/update': {
      headers: shopifyHeaders('products/update'),
      payload: ({ iso }) => ({
        id: 501,
        title: 'Mug',
        status: 'active',
        updated_at: iso,
        variants: [{ id: 601, price: '12.50', inventory_quantity: 7 }],
      }),
    },
  },
} satisfies ListedProvider;
