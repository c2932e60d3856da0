import { credential } from '../../signatures/schemes/credential.scheme.js';
import { cloudEvents as cloudEventsScheme } from '../../signatures/providers/cloud-events/cloud-events.js';
import { standardWebhooks as standardWebhooksScheme } from '../../signatures/providers/standard-webhooks/standard-webhooks.js';
import { svix as svixScheme } from '../../signatures/providers/svix/svix.js';
import { unsigned as unsignedScheme } from '../../signatures/providers/unsigned/unsigned.js';
import { newSecret } from './new-secret.js';
import { isPrivateKey, keyOptions } from './private-key.js';
import type { Provider } from './provider.js';
import { withoutSignature } from './without-signature.js';

/** Any sender that follows Standard Webhooks. */
export const standardWebhooks = {
  // A key is for `v1a`, and a secret for `v1`; the labels tell them apart.
  create: ({ secret }) =>
    standardWebhooksScheme(
      isPrivateKey(secret) || secret.startsWith('whpk_') ? keyOptions(secret) : { secret },
    ),
  newSecret: newSecret.whsec,
  samples: {
    'points.updated': {
      payload: ({ iso }) => ({
        type: 'points.updated',
        timestamp: iso,
        data: { userId: 123, email: 'jane@example.com', points: 150 },
      }),
    },
    'user.created': {
      payload: ({ iso }) => ({
        type: 'user.created',
        timestamp: iso,
        data: { userId: 124, email: 'joe@example.com' },
      }),
    },
  },
} satisfies Provider;

/** Any sender that uses Svix. */
export const svix = {
  create: svixScheme,
  newSecret: newSecret.whsec,
  samples: {
    'order.paid': {
      payload: ({ iso }) => ({ type: 'order.paid', paidAt: iso, orderId: 1001, total: 2500 }),
    },
  },
} satisfies Provider;

/** In the structured mode, with a token. */
export const cloudEvents = {
  create: ({ secret }) => ({
    ...cloudEventsScheme({ secret }),
    sign: (input) => credential({ secret, prefix: 'Bearer ' }).sign(input),
  }),
  newSecret: newSecret.text,
  samples: {
    'com.example.order.created': {
      headers: () => ({ 'content-type': 'application/cloudevents+json' }),
      payload: ({ id, iso }) => ({
        specversion: '1.0',
        id,
        source: '/shop',
        type: 'com.example.order.created',
        time: iso,
        datacontenttype: 'application/json',
        data: { orderId: 1001, total: 2500 },
      }),
    },
  },
} satisfies Provider;

/** A sender that does not sign. */
export const unsigned = {
  create: () => withoutSignature(unsignedScheme({ id: { path: 'id' }, type: { path: 'type' } })),
  newSecret: newSecret.none,
  samples: {
    'order.created': {
      payload: ({ id, iso }) => ({
        id,
        type: 'order.created',
        createdAt: iso,
        order: { number: 1001, total: 25, currency: 'EUR' },
      }),
    },
  },
} satisfies Provider;
