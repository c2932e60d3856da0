import { postmark as postmarkScheme } from '../../signatures/providers/postmark.js';
import { resend as resendScheme } from '../../signatures/providers/resend.js';
import { newSecret } from './new-secret.js';
import type { Provider } from './provider.js';

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

export const resend = {
  create: resendScheme,
  newSecret: newSecret.whsec,
  samples: {
    'email.delivered': {
      payload: ({ iso, uuid }) => ({
        type: 'email.delivered',
        created_at: iso,
        data: {
          email_id: uuid,
          from: 'Shop <shop@example.com>',
          to: ['jane@example.com'],
          subject: 'Your order',
        },
      }),
    },
  },
} satisfies Provider;
