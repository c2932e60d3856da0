import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { gocardless as gocardlessScheme } from './gocardless.js';

export const gocardless = {
  create: gocardlessScheme,
  newSecret: newSecret.text,
  page: {
    call: '`gocardless({ secret })`',
    signature: '`Webhook-Signature`',
    id: '`id`',
    type: '`resource_type` and `action`',
    batch: 'a batch',
    document: 'Webhooks: Signing',
  },
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
} satisfies ListedProvider;
