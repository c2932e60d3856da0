import { mac, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { stripe } from './stripe.js';

describeSender('stripe', {
  create: (secret) => stripe({ secret }),
  signature: 'stripe-signature',
  headers: (body) => ({ 'stripe-signature': `t=${S},v1=${mac('hex', [`${S}.`, body])}` }),
  toleranceSeconds: 300,
  list: (good) => `${good},v1=${mac('hex', ['other'])}`,
  body: { id: 'evt_1', type: 'invoice.paid', created: S - 30, data: { object: {} } },
  facts: { eventId: 'evt_1', eventType: 'invoice.paid', occurredAt: THEN, dataPath: 'data' },
});
