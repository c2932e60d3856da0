import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { hubspot as hubspotScheme } from './hubspot.js';

export const hubspot = {
  create: hubspotScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;
