import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { unsigned as unsignedScheme } from './unsigned.js';

/** Any sender that signs nothing. */
export const unsigned = {
  create: () => withoutSignature(unsignedScheme({ id: { path: 'id' }, type: { path: 'type' } })),
  newSecret: newSecret.none,
  page: {
    call: '`unsigned({ … })`',
    signature: 'none ²',
    id: 'by header or path',
    document: 'below',
  },
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
} satisfies ListedProvider;
