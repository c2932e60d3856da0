import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { gitea as giteaScheme } from './gitea.js';

export const gitea = {
  create: giteaScheme,
  newSecret: newSecret.text,
  page: {
    call: '`gitea({ secret })`, also Forgejo',
    signature: '`X-Gitea-Signature`, or `X-Forgejo-Signature`',
    id: '`X-Gitea-Delivery` ¹',
    type: '`X-Gitea-Event` ¹ and `action`',
    document: 'Webhooks',
  },
  samples: {
    push: {
      headers: () => ({ 'x-forgejo-event': 'push' }),
      payload: ({ iso }) => ({
        ref: 'refs/heads/main',
        before: '1'.repeat(40),
        after: '2'.repeat(40),
        repository: { id: 1001, full_name: 'acme/shop' },
        pusher: { login: 'jane' },
        commits: [{ id: '2'.repeat(40), message: 'Fix the total of an order', timestamp: iso }],
      }),
    },
  },
} satisfies ListedProvider;
