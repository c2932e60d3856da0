import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { razorpay as razorpayScheme } from './razorpay.js';

export const razorpay = {
  create: razorpayScheme,
  newSecret: newSecret.text,
  page: {
    call: '`razorpay({ secret })`',
    signature: '`X-Razorpay-Signature`',
    id: '`X-Razorpay-Event-Id` ¹',
    type: '`event`',
    document: 'Validate and Test Webhooks',
  },
  samples: {
    'payment.captured': {
      payload: ({ seconds }) => ({
        entity: 'event',
        account_id: 'acc_hookline',
        event: 'payment.captured',
        contains: ['payment'],
        created_at: seconds,
        payload: {
          payment: {
            entity: { id: 'pay_hookline1', amount: 2500, currency: 'INR', status: 'captured' },
          },
        },
      }),
    },
  },
} satisfies ListedProvider;
