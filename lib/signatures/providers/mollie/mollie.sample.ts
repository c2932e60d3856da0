import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { mollie as mollieScheme } from './mollie.js';

export const mollie = {
  create: mollieScheme,
  newSecret: newSecret.text,
  samples: {
    'payment-link.paid': {
      payload: ({ id, iso }) => ({
        resource: 'event',
        id,
        type: 'payment-link.paid',
        entityId: 'pl_hookline1',
        createdAt: iso,
      }),
    },
  },
} satisfies Provider;
