import { generateKeyPairSync, sign } from 'node:crypto';
import {
  at,
  ISO,
  KEY,
  mac,
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

/** By the key pair, and not by a secret. */
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

describe('standardWebhooks', () => {
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

  it('refuses v1 where it has public keys only', () => {
    expect(asymmetric.verify(given(`v1,${v1}`), at())).toEqual(refused('unsupported-algorithm'));
  });

  it('takes either where it has a secret and a public key', () => {
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
