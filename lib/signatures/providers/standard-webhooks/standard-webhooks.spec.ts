import { generateKeyPairSync, sign } from 'node:crypto';
import {
  at,
  ISO,
  KEY,
  mac,
  NOW,
  post,
  refused,
  S,
  standardHeaders,
  THEN,
  WHSEC,
} from '../../../../test/signatures/contract/hand-made.js';
import { pkcs8, rawEd25519 } from '../../../../test/signatures/contract/keys.js';
import {
  describeOwnAlgorithm,
  MESSAGE_ID,
} from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { factsOf, verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { SignedRequest } from '../../signature-scheme.js';
import { standardWebhooks } from './standard-webhooks.js';

const ed25519 = generateKeyPairSync('ed25519');
const other = rawEd25519(generateKeyPairSync('ed25519').publicKey).toString('base64');

describeSender('standardWebhooks', {
  create: (secret) => standardWebhooks({ secret }),
  secret: WHSEC,
  signature: 'webhook-signature',
  headers: standardHeaders('webhook'),
  time: 'webhook-timestamp',
  toleranceSeconds: 300,
  list: (good, body) => `${good} v1,${mac('base64', [body])}`,
  body: { type: 'a.b', timestamp: ISO, data: 1 },
  facts: { eventId: 'msg_1', eventType: 'a.b', occurredAt: THEN, dataPath: 'data' },
});

const body = '{"type":"a.b","data":1}';

/** Signed with the key pair, not with the secret. */
const v1a = (id: string, text: string): string =>
  sign(null, Buffer.from(`${id}.${S}.${text}`), ed25519.privateKey).toString('base64');

const signedBy = (id: string, text: string, signature: string): SignedRequest =>
  post(text, {
    'webhook-id': id,
    'webhook-timestamp': String(S),
    'webhook-signature': signature,
  });

describeOwnAlgorithm('standardWebhooks, by v1a', {
  scheme: standardWebhooks({
    publicKey: `whpk_${rawEd25519(ed25519.publicKey).toString('base64')}`,
    privateKey: `whsk_${pkcs8(ed25519.privateKey).subarray(-32).toString('base64')}`,
  }),
  other: standardWebhooks({ publicKey: other }),
  genuine: signedBy(MESSAGE_ID, body, `v1a,${v1a(MESSAGE_ID, body)}`),
  body,
  facts: { eventId: MESSAGE_ID, eventType: 'a.b', dataPath: 'data' },
});

describe('standardWebhooks, by v1', () => {
  const scheme = standardWebhooks({ secret: WHSEC });
  const empty = Buffer.from('{}');
  const headers = standardHeaders('webhook')(empty);
  const good = headers['webhook-signature']!;
  const unsignable = expect.objectContaining({ code: 'UNSIGNABLE' }) as never;

  it("agrees with the specification's example", () => {
    const example = post('{"test": 2432232314}', {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const now = new Date(1_614_265_330_000);
    expect(
      standardWebhooks({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }).verify(example, {
        now,
      }),
    ).toMatchObject({ ok: true, keyIndex: 0 });
  });

  it('takes any v1 signature of a list, and skips other versions', () => {
    const list = `v1a,whatever v1,${Buffer.alloc(32).toString('base64')} ${good}`;
    expect(verify(scheme, empty, { ...headers, 'webhook-signature': list })).toMatchObject({
      ok: true,
      keyIndex: 0,
    });
    const unknown = { ...headers, 'webhook-signature': 'v1a,whatever' };
    expect(verify(scheme, empty, unknown)).toEqual(refused('unsupported-algorithm'));
  });

  it('REQ-17 refuses a repeated header that stands behind an entry of an unknown version', () => {
    for (const repeated of [`v2,abc, ${good}`, `v2, ${good}`, `${good} v2,abc,`, ` ${good}`]) {
      expect(verify(scheme, empty, { ...headers, 'webhook-signature': repeated })).toEqual(
        refused('malformed-signature'),
      );
    }
  });

  it.each(['{body}', '{timestamp}', '$&'])('REQ-9 takes the id %s literally', (id) => {
    const signed = scheme.sign({ body: '{"a":1}', id, timestamp: NOW }).headers;
    expect(verify(scheme, Buffer.from('{"a":1}'), signed)).toMatchObject({ ok: true, keyIndex: 0 });
  });

  it('REQ-9 refuses an id with a dot, which could be moved into the timestamp', () => {
    const dotted = {
      'webhook-id': 'msg.1',
      'webhook-timestamp': String(S),
      'webhook-signature': `v1,${mac('base64', [`msg.1.${S}.{}`], { key: KEY })}`,
    };
    expect(verify(scheme, empty, dotted)).toEqual(refused('malformed-signature'));
    expect(() => scheme.sign({ body: '{}', id: 'msg.1', timestamp: NOW })).toThrow(unsignable);
  });

  it('REQ-9 refuses one signature for another id and time, where the characters between them moved', () => {
    for (const moved of [
      { 'webhook-id': `msg_1.${S}`, 'webhook-timestamp': '' },
      { 'webhook-id': 'msg_1.', 'webhook-timestamp': String(S) },
      { 'webhook-id': 'msg', 'webhook-timestamp': `_1.${S}` },
    ]) {
      expect(verify(scheme, empty, { ...headers, ...moved })).toEqual(refused());
    }
  });

  it('refuses a missing id', () => {
    expect(verify(scheme, empty, { ...headers, 'webhook-id': undefined })).toEqual(refused());
  });

  it.each(['', 'a b', 'é', 'a\n', '\u{1f600}', 'a'.repeat(4_097)])(
    'does not sign the id %j, which could not be sent or would be refused',
    (id) => {
      expect(() => scheme.sign({ body: '{}', id, timestamp: NOW })).toThrow(unsignable);
    },
  );

  it.each([new Date(Number.NaN), new Date(-1_000), new Date(0), new Date(8.64e15)])(
    'does not sign the time %p, which it would refuse',
    (timestamp) => {
      expect(() => scheme.sign({ body: '{}', id: 'msg_1', timestamp })).toThrow(unsignable);
    },
  );

  it('reads a body that is not JSON as an event without a type', () => {
    expect(factsOf(scheme, 'plain')).toEqual({ ok: true, keyIndex: 0, eventId: 'msg_1' });
  });
});

describe('The secret of standardWebhooks', () => {
  it('REQ-14 is base64 or base64url, and its label is removed once', () => {
    const key = Buffer.from([0xfb, 0xff, 0xbf, 1, 2, 3]);
    const bare = standardWebhooks({ secret: key.toString('base64url') });
    const labelled = standardWebhooks({ secret: `whsec_${key.toString('base64')}` });
    const signed = bare.sign({ body: '{}', id: 'msg_1', timestamp: NOW }).headers;
    expect(signed['webhook-signature']).toBe(`v1,${mac('base64', [`msg_1.${S}.{}`], { key })}`);
    expect(verify(labelled, Buffer.from('{}'), signed)).toMatchObject({ ok: true, keyIndex: 0 });
  });

  it.each(['AAAAA', 'AA=A', 'A===', 'AAAA====', ' AAAA', 'AA AA', 'AAAA\n', '\u00e9AAA'])(
    'REQ-14 is refused where a lenient decoder would take a part of it: %j',
    (secret) => {
      expect(() => standardWebhooks({ secret })).toThrow(ConfigurationError);
    },
  );

  it.each(['not base64!', 'whsec_'])('REQ-14 is refused where it is not base64: %j', (secret) => {
    expect(() => standardWebhooks({ secret })).toThrow(ConfigurationError);
  });

  it('never stands in an error', () => {
    expect(() => standardWebhooks({ secret: 'my-secret!' })).toThrow(
      expect.not.stringContaining('my-secret') as never,
    );
  });
});

describe('standardWebhooks, by v1a', () => {
  const key = rawEd25519(ed25519.publicKey).toString('base64');
  const v1 = mac('base64', [`m1.${S}.{}`], { key: KEY });
  const given = (signature: string): SignedRequest => signedBy('m1', '{}', signature);
  const asymmetric = standardWebhooks({ publicKey: [other, key] });

  it('takes v1a beside v1, by REQ-16 any of several keys', () => {
    const both = given(`v1,${v1} v1a,${v1a('m1', '{}')}`);
    expect(asymmetric.verify(both, at())).toMatchObject({ ok: true, keyIndex: 1 });
    expect(standardWebhooks({ publicKey: other }).verify(both, at())).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('refuses v1 if it has only public keys', () => {
    expect(asymmetric.verify(given(`v1,${v1}`), at())).toEqual(refused('unsupported-algorithm'));
  });

  it('accepts either if it has a secret and a public key', () => {
    const both = standardWebhooks({ secret: WHSEC, publicKey: key });
    const good = v1a('m1', '{}');
    expect(both.verify(given(`v1,${v1}`), at())).toMatchObject({ ok: true });
    expect(both.verify(given(`v1a,${good}`), at())).toMatchObject({ ok: true });
    expect(both.verify(given(`v1a,${good.replace(/^./, '-')}`), at())).toMatchObject({ ok: false });
  });

  it('judges the time of v1a', () => {
    const signed = given(`v1a,${v1a('m1', '{}')}`);
    expect(asymmetric.verify(signed, at(300))).toMatchObject({ ok: true });
    expect(asymmetric.verify(signed, at(301))).toEqual(refused('timestamp-too-old'));
  });

  it('needs a secret or a public key', () => {
    expect(() => standardWebhooks({ publicKey: undefined })).toThrow(ConfigurationError);
    expect(() => standardWebhooks({})).toThrow(ConfigurationError);
  });
});
