import { standardWebhooks as standardWebhooksScheme } from '../../signatures/providers/standard-webhooks.js';
import { unsigned as unsignedScheme } from '../../signatures/providers/unsigned.js';
import { newSecret } from './new-secret.js';
import type { Provider } from './provider.js';

/** Any sender that follows Standard Webhooks. */
export const standardWebhooks = {
  create: standardWebhooksScheme,
  newSecret: newSecret.whsec,
  samples: {
    'points.updated': {
      payload: ({ iso }) => ({
        type: 'points.updated',
        timestamp: iso,
        data: { userId: 123, email: 'jane@example.com', points: 150 },
      }),
    },
    'user.created': {
      payload: ({ iso }) => ({
        type: 'user.created',
        timestamp: iso,
        data: { userId: 124, email: 'joe@example.com' },
      }),
    },
  },
} satisfies Provider;

/** A sender that does not sign. */
export const unsigned = {
  create: () => unsignedScheme({ id: { path: 'id' }, type: { path: 'type' } }),
  newSecret: newSecret.none,
  samples: {
    'order.created': {
      payload: ({ id, iso }) => ({
        id,
        type: 'order.created',
        createdAt: iso,
        order: { number: 1001, total: 25, currency: 'EUR' },
      }),
    },
  },
} satisfies Provider;
