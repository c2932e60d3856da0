import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { mollie as mollieScheme } from './mollie.js';

export const mollie = {
  create: mollieScheme,
  newSecret: newSecret.text,
  page: {
    call: '`mollie({ secret })`',
    signature: '`X-Mollie-Signature`',
    id: '`id`',
    type: '`type`',
    document: 'Next-gen Webhooks',
  },
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
} satisfies ListedProvider;
