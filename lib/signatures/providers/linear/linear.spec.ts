import { ISO, mac, MS, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { linear } from './linear.js';

describeSender('linear', {
  create: (secret) => linear({ secret }),
  signature: 'linear-signature',
  headers: (body) => ({ 'linear-signature': mac('hex', [body]) }),
  toleranceSeconds: 60,
  body: { type: 'Issue', action: 'create', createdAt: ISO, data: {}, webhookTimestamp: MS },
  unsigned: { 'linear-delivery': 'd1', 'linear-event': 'Issue' },
  facts: { eventId: 'd1', eventType: 'Issue.create', occurredAt: THEN, dataPath: 'data' },
  timeInBody: true,
});
