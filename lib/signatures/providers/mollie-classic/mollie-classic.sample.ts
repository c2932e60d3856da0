import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { mollieClassic as mollieClassicScheme } from './mollie-classic.js';

export const mollieClassic = {
  create: () => withoutSignature(mollieClassicScheme({ unsigned: true })),
  newSecret: newSecret.none,
  samples: {
    // Mollie names the payment, and neither what happened nor when.
    payment: { format: 'form', payload: ({ id }) => ({ id: `tr_${id}` }) },
  },
} satisfies Provider;
