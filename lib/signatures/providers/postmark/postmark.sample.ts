import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { postmark as postmarkScheme } from './postmark.js';

export const postmark = {
  create: postmarkScheme,
  newSecret: newSecret.login,
  samples: {
    Bounce: {
      payload: ({ number, iso }) => ({
        RecordType: 'Bounce',
        ID: number,
        Type: 'HardBounce',
        Email: 'jane@example.com',
        From: 'shop@example.com',
        BouncedAt: iso,
        Subject: 'Your order',
      }),
    },
  },
} satisfies Provider;
