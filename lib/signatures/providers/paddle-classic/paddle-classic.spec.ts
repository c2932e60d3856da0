import { generateKeyPairSync, sign } from 'node:crypto';
import { at, postForm, THEN } from '../../../../test/signatures/contract/hand-made.js';
import { pem, pkcs8 } from '../../../../test/signatures/contract/keys.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { paddleClassic } from './paddle-classic.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** As PHP does, of fields in the order of their names. */
const serialized = (fields: Record<string, string>): string => {
  const text = (value: string): string => `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries = Object.entries(fields).map(([name, value]) => text(name) + text(value));
  return `a:${entries.length}:{${entries.join('')}}`;
};

const signatureOf = (php: string): string =>
  sign('sha1', Buffer.from(php), rsa.privateKey).toString('base64');

const fields = {
  alert_id: '7',
  alert_name: 'payment_succeeded',
  event_time: '2026-03-01 11:59:30',
  z: 'é',
};

describeOwnAlgorithm('paddleClassic', {
  scheme: paddleClassic({
    publicKey: pem(rsa.publicKey),
    privateKey: pkcs8(rsa.privateKey).toString('base64'),
  }),
  other: paddleClassic({ publicKey: pem(others.publicKey) }),
  genuine: postForm({ ...fields, p_signature: signatureOf(serialized(fields)) }),
  body: 'alert_name=payment_succeeded&alert_id=7&event_time=2026-03-01+11:59:30&z=%C3%A9',
  facts: { eventId: '7', eventType: 'payment_succeeded', occurredAt: THEN },
});

describe('paddleClassic', () => {
  it('serialises as PHP does', async () => {
    const php = 'a:2:{s:10:"alert_name";s:1:"x";s:4:"name";s:3:"\u00e9a";}';
    const scheme = paddleClassic({ publicKey: pem(rsa.publicKey) });
    const given = { p_signature: signatureOf(php), name: '\u00e9a', alert_name: 'x' };
    expect(await scheme.verify(postForm(given), at())).toMatchObject({ ok: true, eventType: 'x' });
    expect(await scheme.verify(postForm({ ...given, more: '1' }), at())).toMatchObject({
      ok: false,
    });
  });
});
