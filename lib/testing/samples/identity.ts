import { clerk as clerkScheme } from '../../signatures/providers/clerk/clerk.js';
import { okta as oktaScheme } from '../../signatures/providers/okta/okta.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import type { Provider } from './provider.js';

const clerkUser = <Type extends string>({ ms }: Occasion, type: Type) => ({
  type,
  object: 'event',
  timestamp: ms,
  data: {
    id: 'user_hookline1',
    object: 'user',
    first_name: 'Jane',
    last_name: 'Doe',
    email_addresses: [{ id: 'idn_hookline1', email_address: 'jane@example.com' }],
    updated_at: ms,
  },
});

export const clerk = {
  create: clerkScheme,
  newSecret: newSecret.whsec,
  samples: {
    'user.created': { payload: (event) => clerkUser(event, 'user.created') },
    'user.updated': { payload: (event) => clerkUser(event, 'user.updated') },
  },
} satisfies Provider;

export const okta = {
  create: oktaScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;
