import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { paddle as paddleScheme } from './paddle.js';

export const paddle = {
  create: paddleScheme,
  newSecret: () => `pdl_ntfset_${newSecret.text()}`,
  page: {
    call: '`paddle({ secret, toleranceSeconds })`',
    signature: '`Paddle-Signature`',
    id: '`event_id`',
    type: '`event_type`',
    document: 'Verify webhook signatures',
  },
  samples: {
    'transaction.completed': {
      payload: ({ id, iso }) => ({
        event_id: id,
        event_type: 'transaction.completed',
        occurred_at: iso,
        notification_id: `ntf_${id}`,
        data: {
          id: 'txn_hookline1',
          status: 'completed',
          customer_id: 'ctm_hookline1',
          currency_code: 'EUR',
          details: { totals: { total: '2500' } },
        },
      }),
    },
    'subscription.canceled': {
      payload: ({ id, iso }) => ({
        event_id: id,
        event_type: 'subscription.canceled',
        occurred_at: iso,
        notification_id: `ntf_${id}`,
        data: {
          id: 'sub_hookline1',
          status: 'canceled',
          customer_id: 'ctm_hookline1',
          canceled_at: iso,
        },
      }),
    },
  },
} satisfies ListedProvider;
