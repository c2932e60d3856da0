import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { clerk as clerkScheme } from './clerk.js';

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
  page: {
    call: '`clerk({ secret, toleranceSeconds })`',
    signature: '`svix-signature`',
    id: '`svix-id`',
    type: '`type`',
    document: 'Sync Clerk data to your app with webhooks',
  },
  samples: {
    'user.created': { payload: (event) => clerkUser(event, 'user.created') },
    'user.updated': { payload: (event) => clerkUser(event, 'user.updated') },
  },
} satisfies ListedProvider;
