import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { postmark as postmarkScheme } from './postmark.js';

export const postmark = {
  create: postmarkScheme,
  newSecret: newSecret.login,
  page: {
    call: '`postmark({ secret })`',
    signature: '`Authorization` ²',
    id: 'digest',
    type: '`RecordType`',
    document: 'Webhooks overview',
  },
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
} satisfies ListedProvider;
