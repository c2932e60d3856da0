import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { okta as oktaScheme } from './okta.js';

export const okta = {
  create: oktaScheme,
  newSecret: newSecret.text,
  page: {
    call: '`okta({ secret })`',
    signature: '`Authorization` ²',
    id: '`uuid`',
    type: '`eventType`',
    handshake: '`GET` `X-Okta-Verification-Challenge`',
    batch: 'a batch',
    document: 'Event hooks',
  },
  samples: {
    'user.lifecycle.create': {
      payload: ({ id, uuid, iso }) => ({
        eventId: id,
        eventType: 'com.okta.event_hook',
        eventTime: iso,
        data: {
          events: [
            {
              uuid,
              eventType: 'user.lifecycle.create',
              published: iso,
              severity: 'INFO',
              target: [{ id: '00uhookline1', type: 'User', alternateId: 'jane@example.com' }],
            },
          ],
        },
      }),
    },
  },
} satisfies ListedProvider;
