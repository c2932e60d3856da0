import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { coinbaseCommerce as coinbaseCommerceScheme } from './coinbase-commerce.js';

export const coinbaseCommerce = {
  create: coinbaseCommerceScheme,
  newSecret: newSecret.text,
  page: {
    call: '`coinbaseCommerce({ secret })`',
    signature: '`X-CC-Webhook-Signature`',
    id: '`event.id`',
    type: '`event.type`',
    document: 'Webhooks Security',
  },
  samples: {
    'charge:confirmed': {
      payload: ({ uuid, iso }) => ({
        id: 1,
        scheduled_for: iso,
        attempt_number: 1,
        event: {
          id: uuid,
          resource: 'event',
          type: 'charge:confirmed',
          created_at: iso,
          data: { code: 'HOOKLINE', name: 'Mug' },
        },
      }),
    },
  },
} satisfies ListedProvider;
