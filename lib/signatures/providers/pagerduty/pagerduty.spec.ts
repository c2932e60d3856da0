import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { pagerduty } from './pagerduty.js';

describeSender('pagerduty', {
  create: (secret) => pagerduty({ secret }),
  signature: 'x-pagerduty-signature',
  headers: (body) => ({ 'x-pagerduty-signature': `v1=${mac('hex', [body])}` }),
  body: { event: { id: 'e1', event_type: 'incident.triggered', occurred_at: ISO, data: {} } },
  unsigned: { 'x-webhook-id': 'hook' },
  facts: {
    eventId: 'e1',
    eventType: 'incident.triggered',
    occurredAt: THEN,
    dataPath: 'event.data',
  },
  list: (good) => `${good},v1=${mac('hex', ['other'])}`,
});
