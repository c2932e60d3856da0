import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { mollieClassic as mollieClassicScheme } from './mollie-classic.js';

export const mollieClassic = {
  create: () => withoutSignature(mollieClassicScheme({ unsigned: true })),
  newSecret: newSecret.none,
  page: {
    call: '`mollieClassic({ unsigned: true })`',
    signature: 'none ²',
    id: 'each delivery is an event',
    type: 'no type',
    document: 'Webhooks',
  },
  samples: {
    // Mollie names the payment, but not what happened or when.
    payment: { format: 'form', payload: ({ id }) => ({ id: `tr_${id}` }) },
  },
} satisfies ListedProvider;
