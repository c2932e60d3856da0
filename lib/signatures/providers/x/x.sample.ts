import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { x as xScheme } from './x.js';

export const x = {
  create: xScheme,
  newSecret: newSecret.text,
  page: {
    call: '`x({ secret })`',
    signature: '`X-Twitter-Webhooks-Signature`',
    id: 'digest',
    type: 'key that ends in `_events`',
    handshake: '`GET` `crc_token`',
    document: 'Securing webhooks',
  },
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
} satisfies ListedProvider;
