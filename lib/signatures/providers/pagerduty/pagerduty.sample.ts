import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { pagerduty as pagerdutyScheme } from './pagerduty.js';

export const pagerduty = {
  create: pagerdutyScheme,
  newSecret: newSecret.text,
  page: {
    call: '`pagerduty({ secret })`',
    signature: '`X-PagerDuty-Signature`',
    id: '`event.id`',
    type: '`event.event_type`',
    document: 'Verifying Webhook Signatures',
  },
  samples: {
    'incident.triggered': {
      payload: ({ id, iso }) => ({
        event: {
          id,
          event_type: 'incident.triggered',
          resource_type: 'incident',
          occurred_at: iso,
          data: { id: 'PHOOK1', type: 'incident', title: 'The shop is down', status: 'triggered' },
        },
      }),
    },
  },
} satisfies ListedProvider;
