import { mac, SECRET, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { factsOf } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { line } from './line.js';

describeSender('line', {
  create: (secret) => line({ secret }),
  signature: 'x-line-signature',
  headers: (body) => ({ 'x-line-signature': mac('base64', [body]) }),
  body: { events: [{ webhookEventId: 'w1', type: 'message', timestamp: THEN.getTime() }] },
  facts: {
    events: [{ eventId: 'w1', eventType: 'message', occurredAt: THEN, dataPath: 'events.0' }],
  },
});

describe('line', () => {
  it('reads a body without events as an empty batch', () => {
    const verification = factsOf(line({ secret: SECRET }), '{"events":[]}');
    expect(verification).toEqual({ ok: true, keyIndex: 0, events: [] });
  });
});
