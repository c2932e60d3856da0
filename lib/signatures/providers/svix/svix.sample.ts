import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { svix as svixScheme } from './svix.js';

/** Any sender that uses Svix. */
export const svix = {
  create: svixScheme,
  newSecret: newSecret.whsec,
  page: {
    call: '`svix({ secret, toleranceSeconds })`',
    signature: '`svix-signature`',
    id: '`svix-id`',
    type: '`type`',
    document: 'Verifying Webhooks Manually',
  },
  samples: {
    'order.paid': {
      payload: ({ iso }) => ({ type: 'order.paid', paidAt: iso, orderId: 1001, total: 2500 }),
    },
  },
} satisfies ListedProvider;
