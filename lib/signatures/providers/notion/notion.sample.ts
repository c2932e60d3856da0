import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { notion as notionScheme } from './notion.js';

export const notion = {
  create: notionScheme,
  newSecret: () => `secret_${newSecret.text()}`,
  page: {
    call: '`notion({ secrets })` or `({ secret })`',
    signature: '`X-Notion-Signature`',
    id: '`id`',
    type: '`type`',
    handshake: '`POST` with `verification_token`',
    document: 'Webhooks',
  },
  samples: {
    'page.created': {
      payload: ({ uuid, iso }) => ({
        id: uuid,
        timestamp: iso,
        type: 'page.created',
        attempt_number: 1,
        entity: { id: uuid, type: 'page' },
        data: { parent: { id: uuid, type: 'space' } },
      }),
    },
  },
} satisfies ListedProvider;
