import { createHmac } from 'node:crypto';
import { credential } from '../schemes/credential.scheme.js';
import { echo, emptyAnswer, isChallenge, jsonAnswer } from './handshake-answer.js';
import { Handshake, type HandshakeOptions } from './handshake.js';
import { hmac } from '../schemes/hmac.scheme.js';
import type { SecretStore } from '../keys/secret.store.js';
import type { SignatureScheme, SignedRequest, Verification } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

const AT = { now: new Date('2026-03-01T12:00:00Z') };
const SECRET = 'a secret';

const request = (
  given: Partial<Omit<SignedRequest, 'body'>> & { body?: string },
): SignedRequest => ({
  method: 'POST',
  url: 'https://example.com/webhooks/chat',
  headers: {},
  ...given,
  body: Buffer.from(given.body ?? ''),
});

const chat = (handshake: HandshakeOptions): SigningScheme =>
  hmac({ secret: SECRET, signature: { header: 'x-signature' }, handshake });

describe(Handshake.name, () => {
  it('is not offered by a scheme that has none', () => {
    const scheme = hmac({ secret: SECRET, signature: { header: 'x-signature' } });
    expect(scheme.handshake).toBeUndefined();
    expect(scheme.handshakeMethods).toBeUndefined();
  });

  describe('of another method', () => {
    const scheme = chat({
      methods: ['GET'],
      unsigned: ({ query, verification }) =>
        verification === undefined ? echo(query.get('challenge')) : undefined,
    });

    it.each([
      ['https://example.com/webhooks/chat?challenge=a%20b&x=1#c', 'a b'],
      ['/webhooks/chat?challenge=<b>', '<b>'],
      ['//?challenge=1', '1'],
    ])('echoes as plain text what %s asks', async (url, expected) => {
      expect(scheme.handshakeMethods).toEqual(['GET']);
      expect(await scheme.handshake?.(request({ method: 'GET', url }), AT)).toEqual({
        status: 200,
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          'x-content-type-options': 'nosniff',
        },
        body: expected,
      });
    });

    it.each([
      { method: 'GET', url: '/webhooks/chat' },
      { method: 'GET', url: '/webhooks/chat?challenge=' },
      { method: 'GET', url: `/webhooks/chat?challenge=${'a'.repeat(4_097)}` },
      { method: 'PUT', url: '/webhooks/chat?challenge=a' },
      { method: 'OPTIONS', url: '' },
    ])('does not answer %j', async (given) => {
      expect(await scheme.handshake?.(request(given), AT)).toBeUndefined();
    });
  });

  describe('that is signed', () => {
    const scheme = chat({
      signed: ({ payload }) => {
        const { type, challenge } = (payload ?? {}) as Record<string, unknown>;
        return type === 'url_verification' ? echo(challenge) : undefined;
      },
    });
    const body = '{"type":"url_verification","challenge":"c"}';
    const { headers } = scheme.sign({ body });

    it('is answered if the signature is right', async () => {
      expect(await scheme.handshake?.(request({ headers, body }), AT)).toMatchObject({ body: 'c' });
    });

    it.each([{}, { 'x-signature': '0'.repeat(64) }])(
      'is not answered with the headers %j',
      async (forged) => {
        expect(await scheme.handshake?.(request({ headers: forged, body }), AT)).toBeUndefined();
      },
    );

    it.each(['{"type":"message"}', '{broken', 'null', '5'])(
      'does not answer the event %s',
      async (event) => {
        const signed = { ...scheme.sign({ body: event }), body: event };
        expect(await scheme.handshake?.(request(signed), AT)).toBeUndefined();
      },
    );

    it('uses the result of verify() if that was called before', async () => {
      const asked = jest.fn<Verification, []>(() => ({ ok: true, keyIndex: 0 }));
      const handshake = new Handshake({ signed: () => emptyAnswer(204) }, asked);
      const refused: Verification = { ok: false, reason: 'signature-mismatch' };
      expect(await handshake.answer(request({}), { ...AT, verification: refused })).toBeUndefined();
      expect(asked).not.toHaveBeenCalled();
      expect(await handshake.answer(request({}), AT)).toEqual(emptyAnswer(204));
      expect(asked).toHaveBeenCalledTimes(1);
    });

    it('waits for a verification that has to look up its secret', async () => {
      const dynamic = hmac({
        secret: () => Promise.resolve(SECRET),
        signature: { header: 'x-signature' },
        handshake: { signed: () => emptyAnswer(204) },
      });
      expect(await dynamic.handshake?.(request({ headers, body }), AT)).toEqual(emptyAnswer(204));
      expect(await dynamic.handshake?.(request({ body }), AT)).toBeUndefined();
    });
  });

  describe('that wants an HMAC back', () => {
    it('gets one under the first secret', async () => {
      const scheme = chat({
        methods: ['GET'],
        unsigned: async (challenge) => {
          const token = challenge.query.get('crc_token') ?? '';
          const digest = await challenge.digest(token);
          return jsonAnswer({ response_token: `sha256=${digest.toString('base64')}` });
        },
      });
      const expected = createHmac('sha256', SECRET).update('t').digest('base64');
      const answer = await scheme.handshake?.(request({ method: 'GET', url: '/?crc_token=t' }), AT);
      expect(answer?.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
      expect(JSON.parse(String(answer?.body))).toEqual({ response_token: `sha256=${expected}` });
    });

    it('is answered 503 if the secret is unavailable', async () => {
      const scheme = hmac({
        secret: () => undefined,
        signature: { header: 'x-signature' },
        handshake: {
          methods: ['GET'],
          unsigned: async (challenge) => jsonAnswer(await challenge.digest('t')),
        },
      });
      expect(await scheme.handshake?.(request({ method: 'GET' }), AT)).toMatchObject({
        status: 503,
      });
    });
  });

  it('hands over a secret once, which signs from then on', async () => {
    const kept = new Map<string, string>();
    const secrets: SecretStore = {
      find: ({ url }) => kept.get(url),
      keepFirst: ({ url }, secret) => {
        if (!kept.has(url)) kept.set(url, secret);
        return kept.get(url) === secret;
      },
    };
    const scheme = hmac({
      secret: (given) => secrets.find(given),
      signature: { header: 'x-hook-signature' },
      handshake: {
        unsigned: async (challenge) => {
          const secret = challenge.header('X-Hook-Secret');
          if (secret === undefined) return undefined;
          return (await secrets.keepFirst(challenge.request, secret))
            ? emptyAnswer(200, { 'x-hook-secret': secret })
            : undefined;
        },
      },
    });
    const hello = (secret: string): SignedRequest =>
      request({ headers: { 'x-hook-secret': secret } });
    const digest = createHmac('sha256', 's1').update('{}').digest('hex');
    const event = request({ headers: { 'x-hook-signature': digest }, body: '{}' });

    expect(await scheme.verify(event, AT)).toEqual({ ok: false, reason: 'key-unavailable' });
    expect(await scheme.handshake?.(event, AT)).toBeUndefined();
    for (const _ of ['first', 'again']) {
      expect(await scheme.handshake?.(hello('s1'), AT)).toEqual({
        status: 200,
        headers: { 'x-hook-secret': 's1' },
        body: '',
      });
    }
    expect(await scheme.handshake?.(hello('s2'), AT)).toBeUndefined();
    expect(await scheme.verify(event, AT)).toMatchObject({ ok: true });
  });

  it('is part of a credential scheme as well', async () => {
    const scheme: SignatureScheme = credential({
      secret: SECRET,
      handshake: {
        methods: ['GET'],
        unsigned: (challenge) => {
          const verification = challenge.header('x-okta-verification-challenge');
          return verification === undefined ? undefined : jsonAnswer({ verification });
        },
      },
    });
    const headers = { 'x-okta-verification-challenge': 'c' };
    expect(await scheme.handshake?.(request({ method: 'GET', headers }), AT)).toMatchObject({
      body: '{"verification":"c"}',
    });
    const repeated = { 'x-okta-verification-challenge': ['c', 'd'] };
    expect(
      await scheme.handshake?.(request({ method: 'GET', headers: repeated }), AT),
    ).toBeUndefined();
  });
});

describe(isChallenge.name, () => {
  it.each([undefined, null, 5, '', {}, ['a'], 'a'.repeat(4_097)])('refuses %j', (text) => {
    expect(isChallenge(text)).toBe(false);
  });
});
