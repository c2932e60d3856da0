import { Injectable, Logger } from '@nestjs/common';
import { gzipSync } from 'node:zlib';
import { contentOf, DirectReceiver, saying } from '../../test/support/direct.receiver.js';
import { SECRET, signature, signed } from '../../test/support/receiver.surroundings.js';
import type { EventEntity } from '../inbox/event.entity.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { fromStoredBody, type OpenBody } from '../inbox/stored-body.js';
import { hmac } from '../signatures/schemes/hmac.scheme.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../signatures/signature-scheme.js';
import { WebhookReceiver } from './webhook.receiver.js';

describe(WebhookReceiver.name, () => {
  const receiver = new DirectReceiver();

  it('answers 200 when the event is committed', async () => {
    await receiver.start({ game: signed });
    receiver.get(EventSubscribers).register({
      plan: ({ key }) => ({
        ok: true,
        jobs: [{ job: { kind: 'handler', name: 'test', ref: key }, payload: undefined }],
      }),
    });
    const answered = await receiver.post('{"points":150}', {
      headers: { 'x-id': 'e-1', 'x-type': 'points.updated' },
    });
    expect(answered?.status).toBe(200);
    expect(contentOf(answered)).toEqual({ status: 'accepted', id: 'e-1' });
    expect(await receiver.stored()).toMatchObject([
      { source: 'game', id: 'e-1', type: 'points.updated', status: 'accepted', tenant: '' },
    ]);
  });

  it('tells duplicate and ignored events from accepted ones', async () => {
    await receiver.start({ game: signed });
    expect(contentOf(await receiver.post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
      status: 'ignored',
      id: 'e-1',
    });
    expect(contentOf(await receiver.post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
      status: 'duplicate',
      id: 'e-1',
    });
    expect(await receiver.stored()).toHaveLength(1);
    expect(receiver.log.lines).toEqual([
      "debug: Event 'e-1' of type '' from source 'game': ignored (key 0)",
      "debug: Event 'e-1' of type '' from source 'game': duplicate (key 0)",
    ]);
  });

  it('builds no line for a level that is off', async () => {
    await receiver.start({ game: signed });
    Logger.overrideLogger(['warn', 'error']);
    await receiver.post('{}');
    expect(receiver.log.lines).toEqual([]);
    Logger.overrideLogger(['log', 'warn', 'error', 'debug']);
  });

  it('REQ-46 counts bytes, and forbids caches to keep the answer', async () => {
    await receiver.start({ game: saying({ eventId: 'ä😀' }) });
    const answered = await receiver.post('{}');
    expect(answered?.headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(answered?.body ?? '')),
      'cache-control': 'no-store',
    });
    expect(answered?.body).toContain('ä😀');
  });

  it.each([
    ['json', 'application/json', '{"b":1.0,"a":"\\u00e9","a":2}'],
    ['json', 'application/cloudevents+json; charset=utf-8', '\ufeff{"a":1}'],
    ['json', undefined, ' {"a":1}\r\n'],
    ['form', 'application/x-www-form-urlencoded', 'id=tr_123&$&=$$'],
    ['text', 'text/plain', 'hello \u2028 😀'],
    ['bytes', 'application/octet-stream', Buffer.from([0xff, 0x00, 0xfe])],
    ['text', undefined, ''],
  ])('REQ-39 REQ-42 keeps the bytes of %s sent as %s', async (format, contentType, body) => {
    await receiver.start({ game: signed });
    const answered = await receiver.post(body, {
      headers: { 'content-type': contentType as string },
    });
    expect(answered?.status).toBe(200);
    const [event] = await receiver.stored();
    expect(event?.format).toBe(format);
    expect(fromStoredBody(event as EventEntity & OpenBody)).toEqual(Buffer.from(body));
  });

  it('verifies and stores a compressed body decoded', async () => {
    await receiver.start({ game: signed });
    const body = Buffer.from('{"points":150}');
    const answered = await receiver.post(gzipSync(body), {
      headers: { 'content-encoding': 'gzip', 'x-test-signature': signature(body) },
    });
    expect(answered?.status).toBe(200);
    expect((await receiver.stored())[0]?.body).toBe('{"points":150}');
  });

  it('shows a scheme the request as it arrived', async () => {
    const seen: SignedRequest[] = [];
    const spying: SignatureScheme = {
      ...saying({}),
      verify: (request, { now }) => {
        expect(now).toBeInstanceOf(Date);
        seen.push(request);
        return Promise.resolve({ ok: true, keyIndex: 0 });
      },
    };
    await receiver.start({ game: spying });
    await receiver.post('{}', { url: '/api/webhooks/game?a=%20b', headers: { 'x-a': 'B' } });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/api/webhooks/game?a=%20b', headers: { 'x-a': 'B' } },
    ]);
    expect(seen[0]?.body).toEqual(Buffer.from('{}'));
  });

  it.each([
    [undefined, undefined, '/webhooks/game?a'],
    [undefined, 'http://inner:3000', 'http://inner:3000/webhooks/game?a'],
    ['https://example.com/api', 'http://inner:3000', 'https://example.com/api/webhooks/game?a'],
  ])(
    'REQ-19 gives a scheme the URL with the public URL %s and the origin %s',
    async (publicUrl, origin, expected) => {
      const url = ({ url: seen }: SignedRequest): string => seen;
      const scheme = hmac({
        secret: SECRET,
        signature: { header: 'x-url-signature' },
        content: '{url}{body}',
        url,
      });
      await receiver.start({ game: scheme }, [], publicUrl === undefined ? {} : { publicUrl });
      const { headers } = scheme.sign({ body: '{}', url: expected });
      const sent = { url: '/webhooks/game?a', ...(origin && { origin }) };
      const forwarded = { 'x-forwarded-host': 'other.example', 'x-forwarded-proto': 'https' };
      expect(
        await receiver.statusOf('{}', { ...sent, headers: { ...headers, ...forwarded } }),
      ).toBe(200);
      const other = scheme.sign({ body: '{}', url: 'https://other.example/webhooks/game?a' });
      expect(
        await receiver.statusOf('{}', { ...sent, headers: { ...other.headers, ...forwarded } }),
      ).toBe(401);
    },
  );

  it('resolves schemes that are classes from the container', async () => {
    @Injectable()
    class CustomScheme implements SignatureScheme {
      readonly name = 'custom';
      async verify(...given: Parameters<SignatureScheme['verify']>): Promise<Verification> {
        const verification = await signed.verify(...given);
        return verification.ok ? { ...verification, eventId: 'from-class' } : verification;
      }
    }
    await receiver.start({ game: CustomScheme }, [CustomScheme]);
    expect(contentOf(await receiver.post('{}'))).toMatchObject({ id: 'from-class' });
    expect(await receiver.statusOf('{}', { headers: { 'x-test-signature': 'forged' } })).toBe(401);
  });

  it('REQ-43 stores the headers that the source names, and no others', async () => {
    await receiver.start({ game: { scheme: signed, storeHeaders: ['X-Request-Id', 'x-absent'] } });
    await receiver.post('{}', { headers: { 'x-request-id': 'r-1', authorization: 'Bearer 1' } });
    expect((await receiver.stored())[0]?.headers).toBe('{"x-request-id":"r-1"}');
  });
});
