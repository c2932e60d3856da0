import { ISO, mac, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { paddle } from './paddle.js';

describeSender('paddle', {
  create: (secret) => paddle({ secret }),
  signature: 'paddle-signature',
  headers: (body) => ({ 'paddle-signature': `ts=${S};h1=${mac('hex', [`${S}:`, body])}` }),
  toleranceSeconds: 5,
  body: {
    event_id: 'evt_1',
    notification_id: 'ntf_1',
    event_type: 'transaction.paid',
    occurred_at: ISO,
    data: {},
  },
  facts: {
    eventId: 'evt_1',
    eventType: 'transaction.paid',
    occurredAt: THEN,
    dataPath: 'data',
  },
  list: (good) => `${good};h1=${mac('hex', ['other'])}`,
});
