import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { areSameTexts } from '../parts/constant-time.js';
import { credential } from './credential.scheme.js';
import type { SignedRequest, Verification } from '../signature-scheme.js';

const AT = { now: new Date('2026-03-01T12:00:00Z') };
const BODY = Buffer.from('{"update_id":5}');

const request = (headers: SignedRequest['headers']): SignedRequest => ({
  method: 'POST',
  url: '/webhooks/bot',
  headers,
  body: BODY,
});
const refused = (reason: string): object => ({ ok: false, reason });

describe(credential.name, () => {
  const scheme = credential({
    secret: ['new', 'old'],
    header: 'X-Token',
    id: { path: 'update_id' },
  });

  it('takes either of two secrets, and reads the facts', () => {
    expect(scheme.verify(request({ 'x-token': 'new' }), AT)).toEqual({
      ok: true,
      keyIndex: 0,
      eventId: '5',
    });
    expect(scheme.verify(request({ 'x-token': 'old' }), AT)).toMatchObject({ keyIndex: 1 });
    expect(scheme.sign({ body: BODY })).toEqual({ headers: { 'x-token': 'new' }, body: BODY });
  });

  it('REQ-2 REQ-3 refuses whatever else', () => {
    for (const missing of [undefined, '', '  ']) {
      expect(scheme.verify(request({ 'x-token': missing }), AT)).toEqual(
        refused('missing-signature'),
      );
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text !== 'new' && text !== 'old');
        expect((scheme.verify(request({ 'x-token': text }), AT) as Verification).ok).toBe(false);
      }),
    );
    for (const other of ['New', 'new ', ' new', 'ne', 'newnew', 'né', 'a'.repeat(5_000)]) {
      expect(scheme.verify(request({ 'x-token': other }), AT)).toMatchObject({ ok: false });
    }
  });

  it('REQ-17 refuses a header that is repeated, as an array or joined', () => {
    expect(scheme.verify(request({ 'x-token': ['new', 'new'] }), AT)).toEqual(
      refused('malformed-signature'),
    );
    expect(scheme.verify(request({ 'x-token': 'new, new' }), AT)).toEqual(
      refused('signature-mismatch'),
    );
  });

  it('REQ-18 sees of a repeated Authorization what Node.js keeps: the first', async () => {
    const basic = credential({ secret: 'user:pässword', prefix: 'Basic ', encoding: 'base64' });
    const { headers } = basic.sign({ body: '' });
    expect(headers).toEqual({ authorization: 'Basic dXNlcjpww6Rzc3dvcmQ=' });
    const good = headers['authorization'] ?? '';
    const seen: unknown[] = [];
    const server = createServer((incoming, response) => {
      seen.push(basic.verify(request(incoming.headers), AT));
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    for (const values of [
      [good, 'Basic bogus'],
      ['Basic bogus', good],
    ]) {
      await new Promise((resolve, reject) => {
        const { port } = server.address() as AddressInfo;
        const sent = httpRequest({
          port,
          host: '127.0.0.1',
          headers: ['host', 'localhost', ...values.flatMap((value) => ['authorization', value])],
        });
        sent.on('response', (response) => response.resume().on('end', resolve));
        sent.on('error', reject).end();
      });
    }
    await new Promise((resolve) => server.close(resolve));
    expect(seen).toEqual([{ ok: true, keyIndex: 0 }, refused('signature-mismatch')]);
  });

  it('refuses a credential without its prefix', () => {
    const bearer = credential({ secret: 'token', prefix: 'Bearer ' });
    expect(bearer.verify(request({ authorization: 'token' }), AT)).toEqual(
      refused('malformed-signature'),
    );
    expect(bearer.verify(request({ authorization: 'Bearer token' }), AT)).toMatchObject({
      ok: true,
    });
  });

  it.each([undefined, '', '  ', [], ['']])('REQ-1 refuses the secret %j', (secret) => {
    expect(() => credential({ secret })).toThrow(/`secret/);
  });

  it.each(['a\n', ' a', 'é', 'a\0b'])('refuses the secret %j, which no header holds', (secret) => {
    expect(() => credential({ secret })).toThrow(/header can hold/);
  });

  it('REQ-1 does not skip the check where a function gives nothing', async () => {
    const dynamic = credential({ secret: ({ url }) => (url === '/a' ? 'token' : undefined) });
    const given = request({ authorization: 'token' });
    expect(await dynamic.verify(given, AT)).toEqual(refused('key-unavailable'));
    expect(await dynamic.verify({ ...given, url: '/a' }, AT)).toMatchObject({ ok: true });
    expect(() => dynamic.sign({ body: '' })).toThrow(/cannot sign/);
  });

  it('REQ-43 does not show its secret', () => {
    const shown = inspect(credential({ secret: 'open-sesame' }), { depth: 9, showHidden: true });
    expect(shown).not.toContain('open-sesame');
    expect(shown).not.toContain(Buffer.from('open-sesame').toString('hex'));
    expect(JSON.stringify(credential({ secret: 'open-sesame' }))).not.toContain('open-sesame');
  });
});

describe(areSameTexts.name, () => {
  it.each<[unknown, string, boolean]>([
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', 'ab', false],
    ['', '', false],
    [undefined, '', false],
    [['a'], 'a', false],
    ['\ud800', '\ufffd', false],
    ['ä', 'ä', true],
  ])('compares %j with %j: %s', (given, expected, same) => {
    expect(areSameTexts(given, expected)).toBe(same);
  });
});
