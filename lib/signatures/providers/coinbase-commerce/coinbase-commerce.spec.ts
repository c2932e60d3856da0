import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { coinbaseCommerce } from './coinbase-commerce.js';

describeSender('coinbaseCommerce', {
  create: (secret) => coinbaseCommerce({ secret }),
  signature: 'x-cc-webhook-signature',
  headers: (body) => ({ 'x-cc-webhook-signature': mac('hex', [body]) }),
  body: {
    id: 'delivery',
    attempt_number: 2,
    event: { id: 'e1', type: 'charge:confirmed', created_at: ISO, data: {} },
  },
  facts: {
    eventId: 'e1',
    eventType: 'charge:confirmed',
    occurredAt: THEN,
    dataPath: 'event.data',
  },
});
