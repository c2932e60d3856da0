import { adyenPlatform as adyenPlatformScheme } from '../../signatures/providers/adyen-platform/adyen-platform.js';
import { coinbaseCommerce as coinbaseCommerceScheme } from '../../signatures/providers/coinbase-commerce/coinbase-commerce.js';
import { gocardless as gocardlessScheme } from '../../signatures/providers/gocardless/gocardless.js';
import { mollie as mollieScheme } from '../../signatures/providers/mollie/mollie.js';
import { mollieClassic as mollieClassicScheme } from '../../signatures/providers/mollie-classic/mollie-classic.js';
import { paddle as paddleScheme } from '../../signatures/providers/paddle/paddle.js';
import { razorpay as razorpayScheme } from '../../signatures/providers/razorpay/razorpay.js';
import { square as squareScheme } from '../../signatures/providers/square/square.js';
import { stripe as stripeScheme } from '../../signatures/providers/stripe/stripe.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import type { Provider } from './provider.js';
import { withoutSignature } from './without-signature.js';

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
} satisfies Provider;

export const paddle = {
  create: paddleScheme,
  newSecret: () => `pdl_ntfset_${newSecret.text()}`,
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
} satisfies Provider;

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
  samples: {
    'payment.created': { payload: (event) => squarePayment(event, 'payment.created', 'APPROVED') },
    'payment.updated': { payload: (event) => squarePayment(event, 'payment.updated', 'COMPLETED') },
  },
} satisfies Provider;

export const razorpay = {
  create: razorpayScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;

export const gocardless = {
  create: gocardlessScheme,
  newSecret: newSecret.text,
  samples: {
    'payments.confirmed': {
      payload: ({ id, iso }) => ({
        events: [
          {
            id,
            created_at: iso,
            resource_type: 'payments',
            action: 'confirmed',
            links: { payment: 'PM_HOOKLINE1' },
            details: { origin: 'gocardless', cause: 'payment_confirmed' },
          },
        ],
      }),
    },
  },
} satisfies Provider;

export const coinbaseCommerce = {
  create: coinbaseCommerceScheme,
  newSecret: newSecret.text,
  samples: {
    'charge:confirmed': {
      payload: ({ uuid, iso }) => ({
        id: 1,
        scheduled_for: iso,
        attempt_number: 1,
        event: {
          id: uuid,
          resource: 'event',
          type: 'charge:confirmed',
          created_at: iso,
          data: { code: 'HOOKLINE', name: 'Mug' },
        },
      }),
    },
  },
} satisfies Provider;

export const adyenPlatform = {
  create: adyenPlatformScheme,
  newSecret: newSecret.hex,
  samples: {
    'balancePlatform.transfer.created': {
      payload: ({ id, iso }) => ({
        type: 'balancePlatform.transfer.created',
        environment: 'test',
        timestamp: iso,
        data: { id, balancePlatform: 'Hookline', amount: { value: 2500, currency: 'EUR' } },
      }),
    },
  },
} satisfies Provider;

export const mollie = {
  create: mollieScheme,
  newSecret: newSecret.text,
  samples: {
    'payment-link.paid': {
      payload: ({ id, iso }) => ({
        resource: 'event',
        id,
        type: 'payment-link.paid',
        entityId: 'pl_hookline1',
        createdAt: iso,
      }),
    },
  },
} satisfies Provider;

export const mollieClassic = {
  create: () => withoutSignature(mollieClassicScheme({ unsigned: true })),
  newSecret: newSecret.none,
  samples: {
    // Mollie names the payment, and neither what happened nor when.
    payment: { format: 'form', payload: ({ id }) => ({ id: `tr_${id}` }) },
  },
} satisfies Provider;
