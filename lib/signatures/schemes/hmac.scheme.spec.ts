import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { hmac } from './hmac.scheme.js';
import { github } from '../providers/github/github.js';
import { standardWebhooks } from '../providers/standard-webhooks/standard-webhooks.js';
import { stripe } from '../providers/stripe/stripe.js';
import { unsigned } from '../providers/unsigned/unsigned.js';
import type { Secret } from '../keys/secrets.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
  Verified,
} from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = { now: NOW };
const SECONDS = NOW.getTime() / 1_000;
const KEY = Buffer.from('0123456789abcdef01234567');
const STANDARD_SECRET = `whsec_${KEY.toString('base64')}`;

const request = (
  body: string | Uint8Array,
  headers: SignedRequest['headers'],
  rest = {},
): SignedRequest => ({
  method: 'POST',
  url: '/webhooks/game',
  headers,
  body: Buffer.from(body),
  ...rest,
});

const signed = (scheme: SigningScheme, body: string | Buffer, input = {}): SignedRequest =>
  request(
    body,
    scheme.sign({ id: 'msg_1', timestamp: NOW, body: Buffer.from(body), ...input }).headers,
  );

/** What a scheme says of a request that it accepts, beside the key. */
const factsOf = async (
  scheme: SignatureScheme,
  given: SignedRequest,
): Promise<Omit<Verified, 'ok' | 'keyIndex'>> => {
  const verification = await scheme.verify(given, AT);
  if (!verification.ok) throw new Error(verification.reason);
  const { ok: _, keyIndex: __, ...facts } = verification;
  return facts;
};

const OK = { ok: true, keyIndex: 0 };
const refused = (reason: string): object => ({ ok: false, reason });

const PROVIDERS: [string, (secret: Secret) => SigningScheme, string][] = [
  ['standardWebhooks', (secret) => standardWebhooks({ secret }), STANDARD_SECRET],
  ['stripe', (secret) => stripe({ secret }), 'whsec_stripe'],
  ['github', (secret) => github({ secret }), 'secret'],
  ['hmac', (secret) => hmac({ secret, signature: { header: 'x-signature' } }), 'secret'],
];

describe.each(PROVIDERS)('%s', (_, create, secret) => {
  const scheme = create(secret);
  const header = Object.keys(scheme.sign({ id: 'm', timestamp: NOW, body: '' }).headers).find(
    (name) => name.includes('signature'),
  )!;

  it.each([undefined, '', '   ', [], ['']])(
    'REQ-1 refuses the secret %j when it is created',
    (empty) => {
      expect(() => create(empty)).toThrow(ConfigurationError);
      expect(() => create(empty)).toThrow(/`secret/);
    },
  );

  it.each([undefined, null, '', ' ', []])(
    'REQ-1 does not skip the check where a function gives %j',
    async (empty) => {
      const { headers, body } = signed(scheme, '{}');
      const dynamic = create(() => empty as never);
      expect(await dynamic.verify(request(body, headers), AT)).toEqual(refused('key-unavailable'));
      const failing = create(() => Promise.reject(new Error('vault is sealed')));
      expect(await failing.verify(request(body, headers), AT)).toEqual(refused('key-unavailable'));
    },
  );

  it('takes a function of the request for its secret', async () => {
    const dynamic = create(({ url }) => Promise.resolve(url.endsWith('a') ? secret : []));
    const { headers, body } = signed(scheme, '{}');
    expect(
      await dynamic.verify(request(body, headers, { url: '/webhooks/game?tenant=a' }), AT),
    ).toMatchObject(OK);
    expect(await dynamic.verify(request(body, headers), AT)).toEqual(refused('key-unavailable'));
    expect(() => dynamic.sign({ body: Buffer.from('') })).toThrow(ConfigurationError);
  });

  it('REQ-16 tries every secret, and says which one matched', () => {
    const other = create(
      secret === STANDARD_SECRET
        ? `whsec_${Buffer.from('another key').toString('base64')}`
        : 'another',
    );
    const both = create([
      secret,
      secret === STANDARD_SECRET ? Buffer.from('another key').toString('base64') : 'another',
    ]);
    expect(both.verify(signed(other, '{}'), AT)).toMatchObject({ ok: true, keyIndex: 1 });
    expect(both.verify(signed(scheme, '{}'), AT)).toMatchObject(OK);
  });

  it.each([undefined, '', '   '])(
    'REQ-2 takes the signature header %j for a missing one',
    (value) => {
      const { headers, body } = signed(scheme, '{}');
      expect(scheme.verify(request(body, { ...headers, [header]: value }), AT)).toEqual(
        refused('missing-signature'),
      );
    },
  );

  it('REQ-3 REQ-13 takes no other spelling of the signature', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers[header] as string;
    const spellings = [
      good.toUpperCase(),
      `${good}=`,
      `${good} `,
      good.slice(0, -1),
      `${good}00`,
      good.replace('=', ''),
    ].filter((spelling) => spelling !== good);
    expect(
      spellings.map(
        (bad) =>
          (scheme.verify(request(body, { ...headers, [header]: bad }), AT) as Verification).ok,
      ),
    ).toEqual(spellings.map(() => false));
  });

  it('REQ-4 answers a signature of equal length that is not ASCII, without throwing', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers[header] as string;
    const bad = `${good.slice(0, -1)}é`;
    expect(scheme.verify(request(body, { ...headers, [header]: bad }), AT)).toEqual(
      refused('malformed-signature'),
    );
  });

  it.each([
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['CRLF', Buffer.from('{}\r\n')],
    ['line separators', Buffer.from('"\u2028"')],
    ['NUL', Buffer.from('a\0b')],
    ['patterns of String.replace', Buffer.from("$& $$ $` $' {body} {id}")],
    ['nothing', Buffer.alloc(0)],
  ])('REQ-7 REQ-8 hashes the bytes: %s', (__, body) => {
    expect(scheme.verify(signed(scheme, body), AT)).toMatchObject(OK);
  });

  it('REQ-7 tells bytes apart that read as the same text', () => {
    const { headers } = signed(scheme, Buffer.from([0x22, 0xff, 0x22]));
    expect(scheme.verify(request('"\ufffd"', headers), AT)).toEqual(refused('signature-mismatch'));
    const marked = signed(scheme, '\ufeff{}');
    expect(scheme.verify(request('{}', marked.headers), AT)).toEqual(refused('signature-mismatch'));
  });

  it('REQ-5 does not look into the body', () => {
    const { headers } = signed(scheme, '{}');
    for (const body of ['1', 'null', '[]', '{broken']) {
      expect(scheme.verify(request(body, headers), AT)).toEqual(refused('signature-mismatch'));
    }
  });

  it('REQ-17 refuses a repeated signature header, joined or as an array', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers[header] as string;
    const bogus = good.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const repeated of [
      `${good}, ${good}`,
      `${bogus}, ${good}`,
      `${good}, ${bogus}`,
      [good, good],
    ]) {
      expect(scheme.verify(request(body, { ...headers, [header]: repeated }), AT)).toMatchObject({
        ok: false,
      });
    }
  });

  it('REQ-43 does not show its secret when it is logged or serialised', () => {
    const key = secret === STANDARD_SECRET ? KEY.toString('base64') : secret;
    for (const shown of [
      inspect(scheme, { depth: 10, showHidden: true }),
      JSON.stringify(scheme),
      String(scheme),
    ]) {
      expect(shown).not.toContain(key);
      expect(shown).not.toContain(Buffer.from(key).toString('hex'));
      expect(shown).not.toContain(JSON.stringify(Buffer.from(key)).slice(1, -1));
    }
  });

  it('REQ-5 accepts a broken body that is rightly signed, without the facts that are in it', () => {
    const verification = scheme.verify(signed(scheme, '{"id":"a"'), AT) as Verified;
    expect(verification).toMatchObject(OK);
    expect(verification).not.toHaveProperty('eventType');
    expect(verification).not.toHaveProperty('dataPath');
  });

  it('refuses a signature header that is too long, or holds too many signatures', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers[header] as string;
    for (const long of [
      good + 'a'.repeat(5_000),
      Array(17).fill(good).join(' '),
      Array(17).fill(good).join(','),
    ]) {
      expect(scheme.verify(request(body, { ...headers, [header]: long }), AT)).toMatchObject({
        ok: false,
      });
    }
  });
});

describe.each(PROVIDERS.slice(0, 2))('%s, whose timestamp is signed', (_, create, secret) => {
  const scheme = create(secret);
  const at = (timestamp: Date): unknown => scheme.verify(signed(scheme, '{}', { timestamp }), AT);
  const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

  it('REQ-11 takes exactly the tolerance, in both directions, and nothing beyond', () => {
    expect(at(after(-300))).toMatchObject(OK);
    expect(at(after(300))).toMatchObject(OK);
    expect(at(after(-301))).toEqual(refused('timestamp-too-old'));
    expect(at(after(301))).toEqual(refused('timestamp-too-new'));
  });

  it('REQ-11 judges the time after the signature', () => {
    const old = signed(scheme, '{}', { timestamp: after(-3_600) });
    expect(scheme.verify({ ...old, body: Buffer.from('[]') }, AT)).toEqual(
      refused('signature-mismatch'),
    );
  });

  it.each([
    '1700000000abc',
    '1e9',
    ' 1772366400',
    '-1772366400',
    '+1772366400',
    '01772366400',
    'NaN',
    '1772366400.0',
    '1772366400000',
    '17723664001772366400',
  ])('REQ-10 refuses the timestamp %j', (text) => {
    const good = signed(scheme, '{}');
    const headers = Object.fromEntries(
      Object.entries(good.headers).map(([name, value]) => [
        name,
        String(value).replace(String(SECONDS), text),
      ]),
    );
    expect(scheme.verify({ ...good, headers }, AT)).toMatchObject({
      ok: false,
      reason: 'malformed-signature',
    });
  });
});

describe('standardWebhooks', () => {
  const scheme = standardWebhooks({ secret: STANDARD_SECRET });

  it("agrees with the specification's example", () => {
    const example = standardWebhooks({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const then = new Date(1_614_265_330_000);
    expect(example.verify(request('{"test": 2432232314}', headers), { now: then })).toMatchObject(
      OK,
    );
  });

  it('takes any v1 signature of a list, and passes other versions over', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers['webhook-signature'] as string;
    const other = `v1,${Buffer.alloc(32).toString('base64')}`;
    const list = `v1a,whatever ${other} ${good}`;
    expect(
      scheme.verify(request(body, { ...headers, 'webhook-signature': list }), AT),
    ).toMatchObject(OK);
    const none = request(body, { ...headers, 'webhook-signature': 'v1a,whatever' });
    expect(scheme.verify(none, AT)).toEqual(refused('unsupported-algorithm'));
  });

  it.each(['{body}', '{timestamp}', '$&'])('REQ-9 takes the id %s literally', (id) => {
    expect(scheme.verify(signed(scheme, '{"a":1}', { id }), AT)).toMatchObject(OK);
  });

  it('REQ-9 refuses an id with a dot, which could be moved into the timestamp', () => {
    // By hand, as sign() refuses it too.
    const digest = createHmac('sha256', KEY).update(`msg.1.${SECONDS}.{}`).digest('base64');
    const headers = {
      'webhook-id': 'msg.1',
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': `v1,${digest}`,
    };
    expect(scheme.verify(request('{}', headers), AT)).toEqual(refused('malformed-signature'));
    expect(() => signed(scheme, '{}', { id: 'msg.1' })).toThrow(
      expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
    );
  });

  it('REQ-9 refuses one signature for another id and time, where the characters between them moved', () => {
    const { headers, body } = signed(scheme, '{}');
    for (const moved of [
      { 'webhook-id': `msg_1.${SECONDS}`, 'webhook-timestamp': '' },
      { 'webhook-id': 'msg_1.', 'webhook-timestamp': String(SECONDS) },
      { 'webhook-id': 'msg', 'webhook-timestamp': `_1.${SECONDS}` },
    ]) {
      expect(scheme.verify(request(body, { ...headers, ...moved }), AT)).toMatchObject({
        ok: false,
      });
    }
  });

  it.each(['', 'a b', 'é', 'a\n', '\u{1f600}', 'a'.repeat(4_097)])(
    'does not sign the id %j, which could not be sent or would be refused',
    (id) => {
      expect(() => signed(scheme, '{}', { id })).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    },
  );

  it.each([new Date(Number.NaN), new Date(-1_000), new Date(0), new Date(8.64e15)])(
    'does not sign the time %p, which it would refuse',
    (timestamp) => {
      expect(() => signed(scheme, '{}', { timestamp })).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    },
  );

  it('REQ-17 refuses a repeated header that stands behind an entry of an unknown version', () => {
    const { headers, body } = signed(scheme, '{}');
    const good = headers['webhook-signature'] as string;
    for (const repeated of [`v2,abc, ${good}`, `v2, ${good}`, `${good} v2,abc,`, ` ${good}`]) {
      const bad = request(body, { ...headers, 'webhook-signature': repeated });
      expect(scheme.verify(bad, AT)).toEqual(refused('malformed-signature'));
    }
  });

  it.each(['AAAAA', 'AA=A', 'A===', 'AAAA====', ' AAAA', 'AA AA', 'AAAA\n', '\u00e9AAA'])(
    'REQ-14 refuses the secret %j, of which a lenient decoder would take a part',
    (secret) => {
      expect(() => standardWebhooks({ secret })).toThrow(ConfigurationError);
    },
  );

  it('refuses a missing id and a missing timestamp', () => {
    const { headers, body } = signed(scheme, '{}');
    expect(scheme.verify(request(body, { ...headers, 'webhook-id': undefined }), AT)).toMatchObject(
      { ok: false },
    );
    const untimed = request(body, { ...headers, 'webhook-timestamp': undefined });
    expect(scheme.verify(untimed, AT)).toEqual(refused('timestamp-missing'));
  });

  it('REQ-14 takes keys as they are given: base64url keeps its length, the label goes once', () => {
    const key = Buffer.from([0xfb, 0xff, 0xbf, 1, 2, 3]);
    const bare = standardWebhooks({ secret: key.toString('base64url') });
    const labelled = standardWebhooks({ secret: `whsec_${key.toString('base64')}` });
    expect(labelled.verify(signed(bare, '{}'), AT)).toMatchObject(OK);
    const expected = createHmac('sha256', key).update(`msg_1.${SECONDS}.{}`).digest('base64');
    expect(signed(bare, '{}').headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(() => standardWebhooks({ secret: 'not base64!' })).toThrow(ConfigurationError);
    expect(() => standardWebhooks({ secret: 'whsec_' })).toThrow(ConfigurationError);
  });

  it('never puts the secret into an error', () => {
    expect(() => standardWebhooks({ secret: 'my-secret!' })).toThrow(
      expect.not.stringContaining('my-secret') as never,
    );
  });

  it('reads the facts, and the data where the body has the envelope', async () => {
    const payload = {
      type: 'points.updated',
      timestamp: '2026-03-01T11:59:00Z',
      data: { points: 1 },
    };
    expect(await factsOf(scheme, signed(scheme, JSON.stringify(payload)))).toEqual({
      eventId: 'msg_1',
      eventType: 'points.updated',
      occurredAt: new Date('2026-03-01T11:59:00Z'),
      dataPath: 'data',
    });
    expect(await factsOf(scheme, signed(scheme, 'plain'))).toEqual({ eventId: 'msg_1' });
  });
});

describe('stripe', () => {
  const scheme = stripe({ secret: 'whsec_test' });

  it('takes the whole text of the secret for the key', () => {
    const expected = createHmac('sha256', 'whsec_test').update(`${SECONDS}.{}`).digest('hex');
    expect(signed(scheme, '{}').headers).toEqual({
      'stripe-signature': `t=${SECONDS},v1=${expected}`,
    });
  });

  it('takes any v1, passes v0 over, and refuses two timestamps', () => {
    const { headers, body } = signed(scheme, '{}');
    const [time, good] = (headers['stripe-signature'] as string).split(',');
    const verify = (value: string): unknown =>
      scheme.verify(request(body, { 'stripe-signature': value }), AT);
    expect(verify(`${time},v1=${'0'.repeat(64)},${good},v0=abc`)).toMatchObject(OK);
    expect(verify(`${time},${time},${good}`)).toEqual(refused('malformed-signature'));
    expect(verify(`${good}`)).toEqual(refused('timestamp-missing'));
    expect(verify(`${time}`)).toEqual(refused('unsupported-algorithm'));
  });

  it('REQ-24 REQ-25 REQ-26 takes the id of the event, not of its object or of the call that caused it', async () => {
    const payload = (id: string, type: string) => ({
      id,
      type,
      created: SECONDS,
      request: { idempotency_key: 'same' },
      data: { object: { id: 'in_1' } },
    });
    const factsWithKey = (body: object): Promise<object> => {
      const { headers, ...rest } = signed(scheme, JSON.stringify(body));
      return factsOf(scheme, { ...rest, headers: { ...headers, 'idempotency-key': 'same' } });
    };
    expect(await factsWithKey(payload('evt_1', 'invoice.paid'))).toEqual({
      eventId: 'evt_1',
      eventType: 'invoice.paid',
      occurredAt: NOW,
      dataPath: 'data',
    });
    expect(await factsWithKey(payload('evt_2', 'invoice.payment_failed'))).toMatchObject({
      eventId: 'evt_2',
    });
  });
});

describe('github', () => {
  const scheme = github({ secret: "It's a Secret to Everybody" });

  it("agrees with GitHub's documented example", () => {
    const headers = {
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    expect(scheme.verify(request('Hello, World!', headers), AT)).toMatchObject(OK);
  });

  it('REQ-12 REQ-22 refuses SHA-1, in the old header alone and under the new one', () => {
    const sha1 = createHmac('sha1', "It's a Secret to Everybody").update('{}').digest('hex');
    expect(scheme.verify(request('{}', { 'x-hub-signature': `sha1=${sha1}` }), AT)).toEqual(
      refused('missing-signature'),
    );
    expect(scheme.verify(request('{}', { 'x-hub-signature-256': `sha1=${sha1}` }), AT)).toEqual(
      refused('malformed-signature'),
    );
  });

  /** The body, signed, with the headers that GitHub does not sign. */
  const delivery = (by: SigningScheme, event: string, body: object): SignedRequest => {
    const { headers, ...rest } = signed(by, JSON.stringify(body));
    return {
      ...rest,
      headers: { ...headers, 'x-github-event': event, 'x-github-delivery': 'd1' },
    };
  };

  it('names the type with the action of the body', async () => {
    expect(await factsOf(scheme, delivery(scheme, 'issues', { action: 'opened' }))).toEqual({
      eventId: 'd1',
      eventType: 'issues.opened',
    });
    expect(await factsOf(scheme, delivery(scheme, 'push', {}))).toEqual({
      eventId: 'd1',
      eventType: 'push',
    });
  });

  it('REQ-23 leaves the unsigned id out where the body is to decide', async () => {
    const byBody = github({ secret: 'x', deduplicateByBody: true });
    expect(await factsOf(byBody, delivery(byBody, 'push', {}))).toEqual({ eventType: 'push' });
  });
});

describe('hmac', () => {
  const base = { secret: 'secret', signature: { header: 'X-Signature' } } as const;

  it('expresses senders that sign an id, a time in milliseconds, the method and a configured URL', () => {
    const scheme = hmac({
      ...base,
      algorithm: 'sha512',
      signature: { header: 'X-Signature', prefix: 'v0=', encoding: 'base64' },
      timestamp: { header: 'X-Time', unit: 'ms', toleranceSeconds: 60 },
      idHeader: 'X-Id',
      url: 'https://example.com/hooks',
      content: 'v0:{method}:{url}:{id}:{timestamp}:{body}',
    });
    const expected = createHmac('sha512', 'secret')
      .update(`v0:POST:https://example.com/hooks:m1:${NOW.getTime()}:{}`)
      .digest('base64');
    const { headers, body } = signed(scheme, '{}', { id: 'm1' });
    expect(headers).toEqual({
      'x-id': 'm1',
      'x-time': String(NOW.getTime()),
      'x-signature': `v0=${expected}`,
    });
    expect(scheme.verify(request(body, headers), AT)).toMatchObject(OK);
    expect(
      scheme.verify(request(body, headers), { now: new Date(NOW.getTime() + 60_001) }),
    ).toEqual(refused('timestamp-too-old'));
  });

  it('REQ-19 signs the configured URL, whatever the request says', () => {
    const scheme = hmac({ ...base, url: 'https://example.com/a', content: '{url}{body}' });
    const { headers, body } = signed(scheme, '{}');
    const elsewhere = { url: '/other', method: 'POST' };
    const forwarded = { ...headers, 'x-forwarded-host': 'evil.example', host: 'evil.example' };
    expect(scheme.verify(request(body, forwarded, elsewhere), AT)).toMatchObject(OK);
  });

  it('signs and verifies a URL that is not Latin, as UTF-8', () => {
    const url = 'https://例え.example/ж?q=ü😀';
    const scheme = hmac({ ...base, url, content: '{method} {url} {body}' });
    const { headers, body } = signed(scheme, '{}');
    const expected = createHmac('sha256', 'secret').update(`POST ${url} {}`, 'utf8').digest('hex');
    expect(headers['x-signature']).toBe(expected);
    expect(scheme.verify(request(body, headers), AT)).toMatchObject(OK);
  });

  it('REQ-19 takes a URL from a function of the request, for those who know it', () => {
    const scheme = hmac({
      ...base,
      content: '{body}{url}',
      url: ({ url }) => url.toLowerCase(),
    });
    const url = 'https://Example.com/hooks';
    const { headers, body } = signed(scheme, '{}', { url });
    expect(scheme.verify(request(body, headers, { url }), AT)).toMatchObject(OK);
    expect(scheme.verify(request(body, headers, { url: '/hooks' }), AT)).toEqual(
      refused('signature-mismatch'),
    );
    expect(() => signed(scheme, '{}')).toThrow(
      expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
    );
  });

  it.each([
    '2026-03-01T12:00:00Z',
    '2026-03-01t12:00:00.123456789z',
    '2026-03-01 13:00:00+01:00',
    '2026-03-01T06:30:00-0530',
  ])('REQ-10 takes the RFC 3339 time %s', (text) => {
    const scheme = hmac({
      ...base,
      timestamp: { header: 'x-time', unit: 'iso' },
      content: '{timestamp}.{body}',
    });
    const digest = createHmac('sha256', 'secret').update(`${text}.{}`).digest('hex');
    const headers = { 'x-signature': digest, 'x-time': text };
    expect(scheme.verify(request('{}', headers), AT)).toMatchObject(OK);
    const later = { now: new Date(NOW.getTime() + 301_000) };
    expect(scheme.verify(request('{}', headers), later)).toEqual(refused('timestamp-too-old'));
  });

  it.each([
    '2026-03-01T12:00:00',
    '2026-03-01',
    '2026-13-01T12:00:00Z',
    'Sun, 01 Mar 2026 12:00:00 GMT',
    '1772366400',
    '2026-03-01T12:00:00Z ',
    '+002026-03-01T12:00:00Z',
  ])('REQ-10 refuses the time %j, where RFC 3339 is due', (text) => {
    const scheme = hmac({
      ...base,
      timestamp: { header: 'x-time', unit: 'iso' },
      content: '{timestamp}.{body}',
    });
    const digest = createHmac('sha256', 'secret').update(`${text}.{}`).digest('hex');
    const headers = { 'x-signature': digest, 'x-time': text };
    expect(scheme.verify(request('{}', headers), AT)).toEqual(refused('malformed-signature'));
  });

  it('takes any of numbered headers, and refuses one that is repeated', () => {
    const scheme = hmac({ ...base, signature: { header: 'X-Signature-{n}' } });
    const good = signed(scheme, '{}').headers['x-signature-1'] as string;
    const bogus = '0'.repeat(64);
    const verify = (headers: SignedRequest['headers']): unknown =>
      scheme.verify(request('{}', headers), AT);
    expect(verify({ 'x-signature-1': bogus, 'x-signature-2': good })).toMatchObject(OK);
    expect(verify({ 'x-signature-1': bogus })).toEqual(refused('signature-mismatch'));
    expect(verify({ 'x-signature-2': good })).toEqual(refused('missing-signature'));
    expect(verify({ 'x-signature-1': good, 'x-signature-2': `${bogus}, ${bogus}` })).toEqual(
      refused('malformed-signature'),
    );
    const many = Object.fromEntries(
      Array.from({ length: 17 }, (_, index) => [`x-signature-${index + 1}`, good]),
    );
    expect(verify(many)).toEqual(refused('malformed-signature'));
  });

  describe('with headers in families', () => {
    const scheme = hmac({
      ...base,
      signature: { header: ['svix-signature', 'webhook-signature'] },
      timestamp: { header: ['svix-timestamp', 'webhook-timestamp'] },
      id: { header: ['svix-id', 'webhook-id'] },
      content: '{id}.{timestamp}.{body}',
    });
    const { headers, body } = signed(scheme, '{}');
    const other = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
    );

    it('takes either', () => {
      expect(Object.keys(headers).toSorted()).toEqual([
        'svix-id',
        'svix-signature',
        'svix-timestamp',
      ]);
      for (const given of [headers, other, { ...other, ...headers }]) {
        expect(scheme.verify(request(body, given), AT)).toEqual({ ...OK, eventId: 'msg_1' });
      }
    });

    it('REQ-9 never takes the id of one with the signature of another', () => {
      const mixed = { ...other, 'svix-id': 'msg_2', 'svix-signature': '' };
      expect(scheme.verify(request(body, mixed), AT)).toEqual({ ...OK, eventId: 'msg_1' });
      const { 'svix-id': _, ...idless } = headers;
      expect(scheme.verify(request(body, { ...idless, 'webhook-id': 'msg_1' }), AT)).toEqual(
        refused('missing-signature'),
      );
    });

    it('refuses names that are not as many as those of the signature', () => {
      expect(() =>
        hmac({ ...base, signature: { header: ['a', 'b'] }, id: { header: ['a', 'b', 'c'] } }),
      ).toThrow(/`idHeader`.*2/);
    });
  });

  describe('with its time in the body', () => {
    const scheme = hmac({
      ...base,
      timestamp: { path: 'meta.at', unit: 'ms', toleranceSeconds: 60 },
    });
    const sent = (at: unknown): SignedRequest => {
      const body = Buffer.from(JSON.stringify({ meta: { at } }));
      const digest = createHmac('sha256', 'secret').update(body).digest('hex');
      return request(body, { 'x-signature': digest });
    };

    it('REQ-11 judges it after the signature', () => {
      const at = NOW.getTime();
      expect(scheme.verify(sent(at), AT)).toMatchObject(OK);
      expect(scheme.verify(sent(String(at + 60_000)), AT)).toMatchObject(OK);
      expect(scheme.verify(sent(at - 60_001), AT)).toEqual(refused('timestamp-too-old'));
      expect(scheme.verify(sent(at + 60_001), AT)).toEqual(refused('timestamp-too-new'));
      const forged = { ...sent(at - 60_001), headers: { 'x-signature': '0'.repeat(64) } };
      expect(scheme.verify(forged, AT)).toEqual(refused('signature-mismatch'));
    });

    it.each([
      [undefined, 'timestamp-missing'],
      [null, 'timestamp-missing'],
      ['', 'timestamp-missing'],
      [SECONDS, 'malformed-signature'],
      [1.5, 'malformed-signature'],
      [{}, 'malformed-signature'],
      [[NOW.getTime()], 'malformed-signature'],
    ])('REQ-10 refuses %j', (at, reason) => {
      expect(scheme.verify(sent(at), AT)).toEqual(refused(reason));
    });

    it('signs a body that has one, and no other', () => {
      expect(scheme.verify(signed(scheme, `{"meta":{"at":${NOW.getTime()}}}`), AT)).toMatchObject(
        OK,
      );
      expect(() => signed(scheme, '{}')).toThrow(
        expect.objectContaining({ code: 'UNSIGNABLE' }) as never,
      );
    });
  });

  describe('with several events in a body', () => {
    const scheme = hmac({
      ...base,
      items: 'events',
      id: { path: 'id' },
      type: { join: [{ path: 'resource' }, { path: 'action' }] },
      occurredAt: { path: 'at', unit: 's' },
      dataPath: 'data',
    });
    const factsIn = (body: unknown): Promise<object> =>
      factsOf(scheme, signed(scheme, JSON.stringify(body)));

    it('gives the facts of each, and where it is', async () => {
      const events = [
        { id: 'a', resource: 'payments', action: 'created', at: SECONDS, data: {} },
        { id: 7, resource: 'mandates' },
        { action: 'no resource' },
        'no object',
      ];
      expect(await factsIn({ events })).toEqual({
        events: [
          {
            eventId: 'a',
            eventType: 'payments.created',
            occurredAt: NOW,
            dataPath: 'events.0.data',
          },
          { eventId: '7', eventType: 'mandates', dataPath: 'events.1' },
          { dataPath: 'events.2' },
          { dataPath: 'events.3' },
        ],
      });
    });

    it('gives none for an empty list, and one event for a body without the list', async () => {
      expect(await factsIn({ events: [] })).toEqual({ events: [] });
      expect(await factsIn({ id: 'a', data: 1 })).toEqual({ eventId: 'a', dataPath: 'data' });
      expect(await factsIn({ events: { id: 'b' } })).toEqual({});
    });

    it('takes a body that is a list, and lists in the items of a list', async () => {
      const whole = hmac({ ...base, items: '', type: { path: 'event' } });
      expect(await factsOf(whole, signed(whole, '[{"event":"open"},{"event":"click"}]'))).toEqual({
        events: [
          { eventType: 'open', dataPath: '0' },
          { eventType: 'click', dataPath: '1' },
        ],
      });
      const nested = hmac({ ...base, items: 'entry.*.changes', type: { path: 'field' } });
      const body = {
        entry: [{ changes: [{ field: 'a' }, { field: 'b' }] }, {}, { changes: [{ field: 'c' }] }],
      };
      expect(await factsOf(nested, signed(nested, JSON.stringify(body)))).toEqual({
        events: [
          { eventType: 'a', dataPath: 'entry.0.changes.0' },
          { eventType: 'b', dataPath: 'entry.0.changes.1' },
          { eventType: 'c', dataPath: 'entry.2.changes.0' },
        ],
      });
    });

    it('gives functions the event', async () => {
      const named = hmac({
        ...base,
        items: 'events',
        type: ({ method }, item) => `${method}.${String(item)}`,
      });
      expect(await factsOf(named, signed(named, '{"events":["a"]}'))).toEqual({
        events: [{ eventType: 'POST.a', dataPath: 'events.0' }],
      });
    });
  });

  it('does not run functions for a body that cannot be parsed', async () => {
    const scheme = hmac({
      ...base,
      id: { header: 'x-id' },
      type: (_, payload) => (payload as { type: string }).type,
    });
    const { headers, ...rest } = signed(scheme, '{broken', { id: 'a' });
    const json = { ...headers, 'content-type': 'application/json' };
    expect(await factsOf(scheme, { ...rest, headers: json })).toEqual({ eventId: 'a' });
  });

  it.each<[string, object]>([
    ['algorithm', { algorithm: 'md5' }],
    ['key.encoding', { key: { encoding: 'latin1' } }],
    ['signature.header', { signature: {} }],
    ['signature.header', { signature: { header: 'x signature:' } }],
    ['signature.header', { signature: { header: [] } }],
    ['signature.encoding', { signature: { header: 'x', encoding: 'base64url' } }],
    ['signature.separator', { signature: { header: 'x', separator: '' } }],
    ['timestamp', { timestamp: { header: 'x' } }],
    ['timestamp', { timestamp: {} }],
    ['timestamp.header', { timestamp: { header: '' }, content: '{timestamp}{body}' }],
    ['timestamp.unit', { timestamp: { header: 'x', unit: 'm' }, content: '{timestamp}{body}' }],
    ['timestamp.entry', { timestamp: { entry: 't=' }, content: '{timestamp}{body}' }],
    ['timestamp.path', { timestamp: { path: 'at' }, content: '{timestamp}{body}' }],
    ['idHeader', { id: { header: 'x id' } }],
    ['type.header', { type: { header: ' ' } }],
    ['occurredAt.header', { occurredAt: { header: 5, unit: 's' } }],
    ['content', { idHeader: 'x-id', content: '{id}{body}' }],
    ['content', { idHeader: 'x-id', content: '{body}{id}' }],
  ])('names the option %s where it is wrong, when it is created', (option, wrong) => {
    expect(() => hmac({ ...base, ...(wrong as object) })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', option }) as never,
    );
  });

  it('REQ-9 refuses ids that could be told apart in two ways, at either end of the body', () => {
    const scheme = hmac({ ...base, idHeader: 'x-id', content: '{body}--{id}--' });
    const digest = (id: string, body: string): string =>
      createHmac('sha256', 'secret').update(`${body}--${id}--`).digest('hex');
    const verify = (id: string, body: string): unknown =>
      scheme.verify(request(body, { 'x-id': id, 'x-signature': digest(id, body) }), AT);
    expect(verify('a', '{}')).toMatchObject(OK);
    for (const id of ['a--b', '-a', '--']) {
      expect(verify(id, '{}')).toEqual(refused('malformed-signature'));
    }
  });

  it('takes a key in hexadecimal', () => {
    const scheme = hmac({ ...base, key: { encoding: 'hex' }, secret: 'DEADbeef' });
    const expected = createHmac('sha256', Buffer.from('deadbeef', 'hex'))
      .update('{}')
      .digest('hex');
    expect(signed(scheme, '{}').headers['x-signature']).toBe(expected);
    expect(() => hmac({ ...base, key: { encoding: 'hex' }, secret: 'abc' })).toThrow(
      ConfigurationError,
    );
  });

  it.each([
    ['{timestamp}.{body}', /timestamp/],
    ['{id}.{body}', /idHeader/],
    ['{url}{body}', /url/],
    ['{nonce}{body}', /\{nonce\}/],
    ['{timestamp}', /leaves out \{body\}/],
  ])('REQ-6 refuses the content %s, which it could not check', (content, message) => {
    expect(() => hmac({ ...base, content })).toThrow(message);
  });

  it.each([0, -1, Number.NaN])('refuses a tolerance of %p seconds', (toleranceSeconds) => {
    expect(() => hmac({ ...base, timestamp: { header: 'x', toleranceSeconds } })).toThrow(
      ConfigurationError,
    );
  });

  it('reads facts from headers, paths and functions', async () => {
    const scheme = hmac({
      ...base,
      id: { path: 'meta.id' },
      type: ({ headers }) => headers['x-topic'],
      occurredAt: { path: 'meta.at', unit: 'ms' },
      dataPath: 'missing',
    });
    const { headers, ...rest } = signed(
      scheme,
      JSON.stringify({ meta: { id: 7, at: NOW.getTime() } }),
    );
    const given = { ...rest, headers: { ...headers, 'x-topic': 'a.b' } };
    expect(await factsOf(scheme, given)).toEqual({
      eventId: '7',
      eventType: 'a.b',
      occurredAt: NOW,
    });
  });
});

describe('unsigned', () => {
  it('accepts everything, and reads the facts that it was told of', async () => {
    const scheme = unsigned({ type: { path: 'event' } });
    expect(scheme.verify(request('{}', {}), AT)).toMatchObject(OK);
    expect(await factsOf(scheme, request('{"event":"ping"}', {}))).toEqual({ eventType: 'ping' });
  });
});
