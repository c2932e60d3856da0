import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { bitbucket as bitbucketScheme } from './bitbucket.js';

export const bitbucket = {
  create: bitbucketScheme,
  newSecret: newSecret.text,
  page: {
    call: '`bitbucket({ secret })`',
    signature: '`X-Hub-Signature`',
    id: '`X-Request-UUID` ¹',
    type: '`X-Event-Key` ¹',
    document: 'Manage webhooks',
  },
  samples: {
    'repo:push': {
      headers: () => ({ 'x-event-key': 'repo:push', 'x-attempt-number': '1' }),
      payload: ({ iso }) => ({
        actor: { display_name: 'Jane Doe', nickname: 'jane' },
        repository: { full_name: 'acme/shop', is_private: true },
        push: {
          changes: [
            { new: { type: 'branch', name: 'main', target: { hash: '2'.repeat(40), date: iso } } },
          ],
        },
      }),
    },
  },
} satisfies ListedProvider;
