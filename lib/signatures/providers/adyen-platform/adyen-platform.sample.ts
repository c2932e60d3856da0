import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { adyenPlatform as adyenPlatformScheme } from './adyen-platform.js';

export const adyenPlatform = {
  create: adyenPlatformScheme,
  newSecret: newSecret.hex,
  page: {
    call: '`adyenPlatform({ secret })`',
    signature: '`HmacSignature`',
    id: 'digest',
    type: '`type`',
    document: 'Verify HMAC signatures',
  },
  samples: {
    'balancePlatform.transfer.created': {
      payload: ({ id, iso }) => ({
        type: 'balancePlatform.transfer.created',
        environment: 'test',
        timestamp: iso,
        data: { id, balancePlatform: 'Hookline', amount: { value: 2500, currency: 'EUR' } },
      }),
    },
  },
} satisfies ListedProvider;
