import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { hubspot as hubspotScheme } from './hubspot.js';

export const hubspot = {
  create: hubspotScheme,
  newSecret: newSecret.text,
  page: {
    call: '`hubspot({ secret, url, version })`',
    signature: '`X-HubSpot-Signature-v3`',
    id: 'joins ids and time of the item',
    type: '`subscriptionType`',
    batch: 'a batch',
    document: 'Validating requests',
  },
  samples: {
    'contact.creation': {
      payload: ({ number, ms }) => [
        {
          eventId: number,
          subscriptionId: 501,
          portalId: 601,
          appId: 701,
          occurredAt: ms,
          subscriptionType: 'contact.creation',
          attemptNumber: 0,
          objectId: 801,
          changeSource: 'CRM',
        },
      ],
    },
  },
} satisfies ListedProvider;
