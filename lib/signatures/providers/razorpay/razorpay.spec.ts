import { mac, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { razorpay } from './razorpay.js';

describeSender('razorpay', {
  create: (secret) => razorpay({ secret }),
  signature: 'x-razorpay-signature',
  headers: (body) => ({ 'x-razorpay-signature': mac('hex', [body]) }),
  body: { event: 'payment.captured', created_at: S - 30, payload: {} },
  unsigned: { 'x-razorpay-event-id': 'e1' },
  facts: { eventId: 'e1', eventType: 'payment.captured', occurredAt: THEN, dataPath: 'payload' },
});
