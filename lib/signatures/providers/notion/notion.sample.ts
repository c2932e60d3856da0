import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { notion as notionScheme } from './notion.js';

export const notion = {
  create: notionScheme,
  newSecret: () => `secret_${newSecret.text()}`,
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
} satisfies Provider;
