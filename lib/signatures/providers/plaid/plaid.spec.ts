import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describeFetchedKey } from '../../../../test/signatures/contract/fetched-key.contract.js';
import { at, post, refused, S } from '../../../../test/signatures/contract/hand-made.js';
import { down, network } from '../../../../test/signatures/contract/network.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { FetchFunction } from '../../keys/guarded.fetch.js';
import type { SignatureScheme, SignedRequest } from '../../signature-scheme.js';
import { plaid } from './plaid.js';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const body = '{"webhook_type":"ITEM"}';

/** As JOSE writes the two numbers of a signature. */
const tokenOf = (kid: string, iat: number): string => {
  const digest = createHash('sha256').update(body).digest('hex');
  const text = [
    { alg: 'ES256', kid, typ: 'JWT' },
    { iat, request_body_sha256: digest },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = { key: keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};

const signed = (kid = 'k1', iat = S): SignedRequest =>
  post(body, { 'plaid-verification': tokenOf(kid, iat) });

const keyAnswer = (expired_at: number | null = null): Response =>
  Response.json({ key: { ...keys.publicKey.export({ format: 'jwk' }), alg: 'ES256', expired_at } });

const create = (fetch: FetchFunction): SignatureScheme =>
  plaid({ clientId: 'c', secret: 's', fetch });

describeFetchedKey('plaid', {
  create,
  genuine: signed(),
  naming: (name) => signed(name),
  answer: () => keyAnswer(),
  facts: { eventType: 'ITEM', distinctBy: String(S) },
});

describe('plaid', () => {
  const scheme = create(network(() => keyAnswer()).fetch);

  it('binds the body', async () => {
    expect(await scheme.verify({ ...signed(), body: Buffer.from('{}') }, at())).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('judges the time, in both directions', async () => {
    expect(await scheme.verify(signed(), at(301))).toEqual(refused('timestamp-too-old'));
    expect(await scheme.verify(signed(), at(-301))).toEqual(refused('timestamp-too-new'));
  });

  it('refuses a withdrawn key', async () => {
    const withdrawn = create(network(() => keyAnswer(1_700_000_000)).fetch);
    expect(await withdrawn.verify(signed(), at())).toEqual(refused('signature-mismatch'));
  });

  it('needs the credentials of its API', () => {
    expect(() => plaid({ clientId: '', secret: 's' })).toThrow(ConfigurationError);
  });

  it('REQ-20 does not flood Plaid for made-up key ids', async () => {
    const { fetch, asked } = network(() => keyAnswer(), down);
    const flooded = create(fetch);
    expect(await flooded.verify(signed('good'), at())).toMatchObject({ ok: true });
    for (let n = 0; n < 50; n += 1) await flooded.verify(signed(`made-up-${n}`), at());
    expect(asked).toHaveLength(20);
    expect(await flooded.verify(signed('good'), at())).toMatchObject({ ok: true });
  });
});
