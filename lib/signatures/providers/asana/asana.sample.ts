import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { asana as asanaScheme } from './asana.js';

export const asana = {
  create: asanaScheme,
  newSecret: newSecret.hex,
  page: {
    call: '`asana({ secrets })` or `({ secret })`',
    signature: '`X-Hook-Signature`',
    id: 'digest',
    type: '`resource_type` and `action`',
    handshake: '`POST` with `X-Hook-Secret`',
    batch: 'a batch',
    document: 'Webhooks guide',
  },
  samples: {
    'task.added': {
      payload: ({ number, iso }) => ({
        events: [
          {
            action: 'added',
            created_at: iso,
            user: { gid: '501', resource_type: 'user' },
            resource: { gid: String(number), resource_type: 'task' },
            parent: { gid: '601', resource_type: 'project' },
          },
        ],
      }),
    },
  },
} satisfies ListedProvider;
