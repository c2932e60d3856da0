import { createHmac } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { AT, NOW, OK, refused, request, signed } from '../../../test/signatures/signed-requests.js';
import type { SignedRequest } from '../signature-scheme.js';
import { hmac } from './hmac.scheme.js';

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
});
