import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { svix as svixScheme } from './svix.js';

/** Any sender that uses Svix. */
export const svix = {
  create: svixScheme,
  newSecret: newSecret.whsec,
  samples: {
    'order.paid': {
      payload: ({ iso }) => ({ type: 'order.paid', paidAt: iso, orderId: 1001, total: 2500 }),
    },
  },
} satisfies Provider;
