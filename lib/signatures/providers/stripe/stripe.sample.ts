import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { stripe as stripeScheme } from './stripe.js';

const stripeEvent = <Type extends string, Data extends object>(
  { id, seconds }: Occasion,
  type: Type,
  object: Data,
) => ({
  id,
  object: 'event',
  api_version: '2025-09-30.clover',
  created: seconds,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  data: { object },
});

export const stripe = {
  create: stripeScheme,
  newSecret: () => `whsec_${newSecret.text()}`,
  page: {
    call: '`stripe({ secret, toleranceSeconds })`',
    signature: '`Stripe-Signature`',
    id: '`id`',
    type: '`type`',
    document: 'Verify webhook signatures manually',
  },
  samples: {
    'invoice.paid': {
      payload: (event) =>
        stripeEvent(event, 'invoice.paid', {
          id: 'in_hookline1',
          object: 'invoice',
          amount_due: 2500,
          amount_paid: 2500,
          currency: 'eur',
          customer: 'cus_hookline1',
          customer_email: 'jane@example.com',
          status: 'paid',
        }),
    },
    'payment_intent.succeeded': {
      payload: (event) =>
        stripeEvent(event, 'payment_intent.succeeded', {
          id: 'pi_hookline1',
          object: 'payment_intent',
          amount: 2500,
          amount_received: 2500,
          currency: 'eur',
          customer: 'cus_hookline1',
          status: 'succeeded',
        }),
    },
    'checkout.session.completed': {
      payload: (event) =>
        stripeEvent(event, 'checkout.session.completed', {
          id: 'cs_test_hookline1',
          object: 'checkout.session',
          amount_total: 2500,
          currency: 'eur',
          customer: 'cus_hookline1',
          mode: 'payment',
          payment_status: 'paid',
          status: 'complete',
        }),
    },
    'customer.subscription.deleted': {
      payload: (event) =>
        stripeEvent(event, 'customer.subscription.deleted', {
          id: 'sub_hookline1',
          object: 'subscription',
          customer: 'cus_hookline1',
          status: 'canceled',
          canceled_at: event.seconds,
        }),
    },
  },
} satisfies ListedProvider;
