import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { resend as resendScheme } from './resend.js';

export const resend = {
  create: resendScheme,
  newSecret: newSecret.whsec,
  page: {
    call: '`resend({ secret, toleranceSeconds })`',
    signature: '`svix-signature`',
    id: '`svix-id`',
    type: '`type`',
    document: 'Verify Webhooks Requests',
  },
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
} satisfies ListedProvider;
