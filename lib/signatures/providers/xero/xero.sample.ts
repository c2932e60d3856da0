import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { xero as xeroScheme } from './xero.js';

export const xero = {
  create: xeroScheme,
  newSecret: newSecret.base64,
  samples: {
    'INVOICE.UPDATE': {
      payload: ({ uuid, iso }) => ({
        events: [
          {
            resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${uuid}`,
            resourceId: uuid,
            eventDateUtc: iso,
            eventType: 'UPDATE',
            eventCategory: 'INVOICE',
            tenantId: uuid,
            tenantType: 'ORGANISATION',
          },
        ],
        firstEventSequence: 1,
        lastEventSequence: 1,
        entropy: 'HOOKLINE',
      }),
    },
  },
} satisfies Provider;
