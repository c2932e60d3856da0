import { ISO, mac, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { gocardless } from './gocardless.js';

describeSender('gocardless', {
  create: (secret) => gocardless({ secret }),
  signature: 'webhook-signature',
  headers: (body) => ({ 'webhook-signature': mac('hex', [body]) }),
  body: {
    events: [
      { id: 'EV1', resource_type: 'payments', action: 'confirmed', created_at: ISO },
      { id: 'EV2', resource_type: 'mandates', action: 'failed' },
    ],
  },
  facts: {
    events: [
      {
        eventId: 'EV1',
        eventType: 'payments.confirmed',
        occurredAt: THEN,
        dataPath: 'events.0',
      },
      { eventId: 'EV2', eventType: 'mandates.failed', dataPath: 'events.1' },
    ],
  },
});

describe('gocardless', () => {
  it('reads a body without events as an empty batch', () => {
    const verification = factsOf(gocardless({ secret: SECRET }), '{"events":[]}');
    expect(verification).toEqual({ ok: true, keyIndex: 0, events: [] });
  });
});
