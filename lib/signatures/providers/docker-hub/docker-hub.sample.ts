import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withoutSignature } from '../../samples/without-signature.js';
import { dockerHub as dockerHubScheme } from './docker-hub.js';

export const dockerHub = {
  create: () => withoutSignature(dockerHubScheme({ unsigned: true })),
  newSecret: newSecret.none,
  page: {
    call: '`dockerHub({ unsigned: true })`',
    signature: 'none ²',
    id: 'digest',
    type: 'always `push`',
    document: 'Docker Hub webhooks',
  },
  samples: {
    push: {
      payload: ({ seconds }) => ({
        push_data: { pushed_at: seconds, pusher: 'acme', tag: 'latest' },
        repository: { repo_name: 'acme/shop', name: 'shop', namespace: 'acme' },
      }),
    },
  },
} satisfies ListedProvider;
