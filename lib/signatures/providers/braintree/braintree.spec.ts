import { createHash } from 'node:crypto';
import {
  at,
  ISO,
  mac,
  postForm,
  refused,
  THEN,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
  get,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { braintree } from './braintree.js';

const scheme = braintree({ keys: { publicKey: 'pub', privateKey: 'private' } });

/** By the digest of the private key. */
const signatureOf = (content: string): string =>
  mac('hex', [content], { key: createHash('sha1').update('private').digest(), algorithm: 'sha1' });

const xml = `<notification><kind>subscription_expired</kind><timestamp type="datetime">${ISO}</timestamp></notification>`;
const encoded = Buffer.from(xml).toString('base64');

describeOwnAlgorithm('braintree', {
  scheme,
  other: braintree({ keys: { publicKey: 'pub', privateKey: 'another' } }),
  genuine: postForm({ bt_signature: `pub|${signatureOf(encoded)}`, bt_payload: encoded }),
  body: xml,
  facts: { eventType: 'subscription_expired', occurredAt: THEN, dataPath: 'bt_payload' },
});

describe('braintree', () => {
  it('answers a challenge, and signs nothing that could be a payload', async () => {
    const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
    expect(await answerTo(scheme, get(`bt_challenge=${challenge}`))).toMatchObject({
      body: `pub|${signatureOf(challenge)}`,
    });
    expect(await answerTo(scheme, get('bt_challenge=PGtpbmQ-'))).toBeUndefined();
  });

  it('takes the pair of its own public key, and F-10 tries it once', async () => {
    const bt_payload = Buffer.from('<kind>check</kind>').toString('base64');
    const digest = signatureOf(`${bt_payload}\n`);
    const given = (bt_signature: string): SignedRequest => postForm({ bt_signature, bt_payload });
    expect(await scheme.verify(given(`other|00&pub|${digest}`), at())).toMatchObject({
      eventType: 'check',
    });
    // Each try would hash the payload again.
    expect(await scheme.verify(given(`pub|${'0'.repeat(40)}&pub|${digest}`), at())).toEqual(
      refused('signature-mismatch'),
    );
  });
});

describeHandshake('braintree', scheme);
