import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { trello as trelloScheme } from './trello.js';

export const trello = {
  create: trelloScheme,
  newSecret: newSecret.hex,
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
} satisfies Provider;
