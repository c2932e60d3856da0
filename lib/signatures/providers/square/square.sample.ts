import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { square as squareScheme } from './square.js';

const squarePayment = <Type extends string>(
  { uuid, iso }: Occasion,
  type: Type,
  status: string,
) => ({
  merchant_id: 'MHOOKLINE',
  type,
  event_id: uuid,
  created_at: iso,
  data: {
    type: 'payment',
    id: 'pay_hookline1',
    object: {
      payment: { id: 'pay_hookline1', status, amount_money: { amount: 2500, currency: 'EUR' } },
    },
  },
});

export const square = {
  create: squareScheme,
  newSecret: newSecret.text,
  page: {
    call: '`square({ secret, url })`',
    signature: '`X-Square-HmacSha256-Signature`',
    id: '`event_id`',
    type: '`type`',
    document: 'Validate and Process Webhook Notifications',
  },
  samples: {
    'payment.created': { payload: (event) => squarePayment(event, 'payment.created', 'APPROVED') },
    'payment.updated': { payload: (event) => squarePayment(event, 'payment.updated', 'COMPLETED') },
  },
} satisfies ListedProvider;
