import { mac, NOW, refused, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { factsOf, verify } from '../../../../test/signatures/contract/sender-row.js';
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

describe('stripe', () => {
  const scheme = stripe({ secret: 'whsec_test' });
  const body = Buffer.from('{}');
  const good = `v1=${mac('hex', [`${S}.{}`], { key: 'whsec_test' })}`;

  it('takes the whole text of the secret for the key, `whsec_` included', () => {
    expect(scheme.sign({ body, timestamp: NOW }).headers).toEqual({
      'stripe-signature': `t=${S},${good}`,
    });
  });

  it('takes any v1, skips v0, and refuses two timestamps', () => {
    const judged = (signature: string) => verify(scheme, body, { 'stripe-signature': signature });
    expect(judged(`t=${S},v1=${'0'.repeat(64)},${good},v0=abc`)).toMatchObject({ ok: true });
    expect(judged(`t=${S},t=${S},${good}`)).toEqual(refused('malformed-signature'));
    expect(judged(good)).toEqual(refused('timestamp-missing'));
    expect(judged(`t=${S}`)).toEqual(refused('unsupported-algorithm'));
  });

  it('REQ-24 REQ-25 REQ-26 takes the id of the event, not of its object or of the call that caused it', () => {
    const factsOfEvent = (id: string, type: string) =>
      factsOf(
        scheme,
        JSON.stringify({
          id,
          type,
          created: S,
          request: { idempotency_key: 'same' },
          data: { object: { id: 'in_1' } },
        }),
        { 'idempotency-key': 'same' },
      );
    expect(factsOfEvent('evt_1', 'invoice.paid')).toEqual({
      ok: true,
      keyIndex: 0,
      eventId: 'evt_1',
      eventType: 'invoice.paid',
      occurredAt: NOW,
      dataPath: 'data',
    });
    expect(factsOfEvent('evt_2', 'invoice.payment_failed')).toMatchObject({ eventId: 'evt_2' });
  });
});
