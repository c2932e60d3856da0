import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { shopify } from './shopify.js';

describeSender('shopify', {
  create: (secret) => shopify({ secret }),
  signature: 'x-shopify-hmac-sha256',
  headers: (body) => ({ 'x-shopify-hmac-sha256': mac('base64', [body]) }),
  body: { id: 5 },
  unsigned: {
    'x-shopify-topic': 'orders/create',
    'x-shopify-event-id': 'e1',
    'x-shopify-triggered-at': ISO,
  },
  facts: { eventId: 'e1/orders/create', eventType: 'orders/create', occurredAt: THEN },
});

describeSender('shopify, without X-', {
  create: (secret) => shopify({ secret }),
  signature: 'shopify-hmac-sha256',
  headers: (body) => ({ 'shopify-hmac-sha256': mac('base64', [body]) }),
  body: { id: 5 },
  unsigned: { 'shopify-topic': 'orders/create', 'shopify-event-id': 'e1' },
  facts: { eventId: 'e1/orders/create', eventType: 'orders/create' },
});
