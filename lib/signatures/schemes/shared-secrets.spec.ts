import { inspect } from 'node:util';
import { ConfigurationError } from '../../errors/configuration.error.js';
import {
  AT,
  KEY,
  NOW,
  OK,
  refused,
  request,
  SECONDS,
  signed,
  STANDARD_SECRET,
} from '../../../test/signatures/signed-requests.js';
import type { Secret } from '../keys/secrets.js';
import { github } from '../providers/github/github.js';
import { standardWebhooks } from '../providers/standard-webhooks/standard-webhooks.js';
import { stripe } from '../providers/stripe/stripe.js';
import type { Verification, Verified } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';
import { hmac } from './hmac.scheme.js';

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
