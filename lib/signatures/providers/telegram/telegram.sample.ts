import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { telegram as telegramScheme } from './telegram.js';

export const telegram = {
  create: telegramScheme,
  newSecret: newSecret.text,
  page: {
    call: '`telegram({ secret })`',
    signature: '`X-Telegram-Bot-Api-Secret-Token` ²',
    id: '`update_id`',
    type: 'key of the update',
    document: 'setWebhook',
  },
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
} satisfies ListedProvider;
