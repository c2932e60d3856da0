import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { telegram as telegramScheme } from './telegram.js';

export const telegram = {
  create: telegramScheme,
  newSecret: newSecret.text,
  samples: {
    message: {
      payload: ({ number, seconds }) => ({
        update_id: number,
        message: {
          message_id: 7,
          date: seconds,
          chat: { id: 501, type: 'private', first_name: 'Jane' },
          from: { id: 501, is_bot: false, first_name: 'Jane' },
          text: '/start',
        },
      }),
    },
  },
} satisfies Provider;
