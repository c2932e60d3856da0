import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { x as xScheme } from './x.js';

export const x = {
  create: xScheme,
  newSecret: newSecret.text,
  samples: {
    tweet_create_events: {
      payload: ({ number, ms }) => ({
        for_user_id: '501',
        tweet_create_events: [
          {
            id_str: String(number),
            text: 'Hello',
            timestamp_ms: String(ms),
            user: { id_str: '601' },
          },
        ],
      }),
    },
  },
} satisfies Provider;
