import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { trello as trelloScheme } from './trello.js';

export const trello = {
  create: trelloScheme,
  newSecret: newSecret.hex,
  page: {
    call: '`trello({ secret, url })`',
    signature: '`X-Trello-Webhook`',
    id: '`action.id`',
    type: '`action.type`',
    handshake: '`HEAD`',
    document: 'Webhooks',
  },
  samples: {
    updateCard: {
      payload: ({ id, iso }) => ({
        action: {
          id,
          type: 'updateCard',
          date: iso,
          data: { card: { id: 'card1', name: 'Fix the total' }, board: { id: 'board1' } },
        },
        model: { id: 'board1', name: 'Shop' },
      }),
    },
  },
} satisfies ListedProvider;
