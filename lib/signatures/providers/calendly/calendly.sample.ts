import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { calendly as calendlyScheme } from './calendly.js';

export const calendly = {
  create: calendlyScheme,
  newSecret: newSecret.text,
  page: {
    call: '`calendly({ secret, toleranceSeconds })`',
    signature: '`Calendly-Webhook-Signature`',
    id: 'digest',
    type: '`event`',
    document: 'Webhook signatures',
  },
  samples: {
    'invitee.created': {
      payload: ({ iso, uuid }) => ({
        event: 'invitee.created',
        created_at: iso,
        payload: {
          uri: `https://api.calendly.com/scheduled_events/${uuid}/invitees/1`,
          email: 'jane@example.com',
          name: 'Jane Doe',
          status: 'active',
        },
      }),
    },
  },
} satisfies ListedProvider;
