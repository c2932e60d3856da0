import { newSecret } from '../../samples/new-secret.js';
import { isPrivateKey, keyOptions } from '../../samples/private-key.js';
import type { ListedProvider } from '../../samples/provider.js';
import { standardWebhooks as standardWebhooksScheme } from './standard-webhooks.js';

/** Any sender that follows Standard Webhooks. */
export const standardWebhooks = {
  // A key is for `v1a`, a secret for `v1`; their labels tell them apart.
  create: ({ secret }) =>
    standardWebhooksScheme(
      isPrivateKey(secret) || secret.startsWith('whpk_') ? keyOptions(secret) : { secret },
    ),
  newSecret: newSecret.whsec,
  page: {
    call: '`standardWebhooks({ secret, publicKey, toleranceSeconds })`',
    signature: '`webhook-signature`',
    id: '`webhook-id`',
    type: '`type`',
    document: '[Standard Webhooks](https://www.standardwebhooks.com)',
  },
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
} satisfies ListedProvider;
