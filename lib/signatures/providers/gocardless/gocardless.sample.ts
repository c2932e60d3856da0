import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { gocardless as gocardlessScheme } from './gocardless.js';

export const gocardless = {
  create: gocardlessScheme,
  newSecret: newSecret.text,
  samples: {
    'payments.confirmed': {
      payload: ({ id, iso }) => ({
        events: [
          {
            id,
            created_at: iso,
            resource_type: 'payments',
            action: 'confirmed',
            links: { payment: 'PM_HOOKLINE1' },
            details: { origin: 'gocardless', cause: 'payment_confirmed' },
          },
        ],
      }),
    },
  },
} satisfies Provider;
