import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { credential } from '../../schemes/credential.scheme.js';
import { cloudEvents as cloudEventsScheme } from './cloud-events.js';

/** In structured mode, with a token. */
export const cloudEvents = {
  create: ({ secret }) => ({
    ...cloudEventsScheme({ secret }),
    sign: (input) => credential({ secret, prefix: 'Bearer ' }).sign(input),
  }),
  newSecret: newSecret.text,
  page: {
    call: '`cloudEvents({ secret, allowedOrigins })` or `({ unsigned: true })`',
    signature: '`Authorization` ²',
    id: 'joins `source` and `id`',
    type: '`type`',
    handshake: '`OPTIONS` `WebHook-Request-Origin`',
    batch: 'single or a batch',
    document: 'HTTP 1.1 Web Hooks for Event Delivery',
  },
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
} satisfies ListedProvider;
