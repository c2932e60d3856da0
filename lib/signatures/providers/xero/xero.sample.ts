import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { xero as xeroScheme } from './xero.js';

export const xero = {
  create: xeroScheme,
  newSecret: newSecret.base64,
  page: {
    call: '`xero({ secret })`',
    signature: '`X-Xero-Signature`',
    id: 'digest',
    type: '`eventCategory` and `eventType`',
    handshake: 'signed “intent to receive”',
    batch: 'a batch',
    document: 'Configuring your server',
  },
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
} satisfies ListedProvider;
