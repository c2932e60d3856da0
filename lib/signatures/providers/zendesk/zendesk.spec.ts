import { ISO, mac, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { zendesk } from './zendesk.js';

describeSender('zendesk', {
  create: (secret) => zendesk({ secret }),
  signature: 'x-zendesk-webhook-signature',
  headers: (body) => ({
    'x-zendesk-webhook-signature-timestamp': '2026-03-01T12:00:00Z',
    'x-zendesk-webhook-signature': mac('base64', ['2026-03-01T12:00:00Z', body]),
  }),
  time: 'x-zendesk-webhook-signature-timestamp',
  toleranceSeconds: 300,
  body: { type: 'zen:event-type:user.created', time: ISO, id: 'e1' },
  unsigned: { 'x-zendesk-webhook-invocation-id': 'i1' },
  facts: { eventId: 'i1', eventType: 'zen:event-type:user.created', occurredAt: THEN },
});
