import { createHmac } from 'node:crypto';
import type { SignedRequest } from '../../signature-scheme.js';
import { mandrill } from './mandrill.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const KEY = 'a key of Mandrill';
const URL = 'https://example.com/webhooks/mandrill?a=b';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const scheme = mandrill({ secret: KEY });

const events = [
  { event: 'send', _id: 'm1', ts: 1_772_366_400, msg: { subject: 'Grüße & Co' } },
  { type: 'blacklist', action: 'add', ts: 1_772_366_401 },
];

/** As Mandrill's documentation says: the URL, then each name and value in the order of the names. */
const signatureOf = (fields: Record<string, string>, key = KEY, url = URL): string => {
  let text = url;
  for (const name of Object.keys(fields).toSorted()) text += name + fields[name];
  return createHmac('sha1', key).update(text, 'utf8').digest('base64');
};

const request = (body: string, headers: Record<string, string> = {}): SignedRequest => ({
  method: 'POST',
  url: URL,
  headers: { ...FORM, ...headers },
  body: Buffer.from(body),
});

const post = (fields: Record<string, string>, signature = signatureOf(fields)): SignedRequest =>
  request(new URLSearchParams(fields).toString(), { 'x-mandrill-signature': signature });

describe(mandrill.name, () => {
  const fields = { mandrill_events: JSON.stringify(events), another: 'ä' };

  it('F-17 takes what Mandrill signs, with an event for each item', async () => {
    expect(await scheme.verify(post(fields), { now: NOW })).toEqual({
      ok: true,
      keyIndex: 0,
      events: [
        { eventType: 'send', occurredAt: new Date(1_772_366_400_000), dataPath: '0' },
        { eventType: 'blacklist', occurredAt: new Date(1_772_366_401_000), dataPath: '1' },
      ],
    });
  });

  it('F-17 signs what it takes', async () => {
    const { headers, body } = scheme.sign({
      body: new URLSearchParams(fields).toString(),
      url: URL,
    });
    const signed = request(Buffer.from(body).toString(), headers as Record<string, string>);
    expect(await scheme.verify(signed, { now: NOW })).toMatchObject({ ok: true });
    expect(() => scheme.sign({ body: 'a=1' })).toThrow(/signs the URL/);
    expect(() => scheme.sign({ body: 'a=1&a=2', url: URL })).toThrow(/cannot sign this form/);
  });

  it.each([
    ['no signature', request('mandrill_events=[]'), 'missing-signature'],
    ['another key', post(fields, signatureOf(fields, 'test-webhook')), 'signature-mismatch'],
    ['another URL', post(fields, signatureOf(fields, KEY, `${URL}/`)), 'signature-mismatch'],
    ['another field', post(fields, signatureOf({ ...fields, a: '' })), 'signature-mismatch'],
    ['no base64', post(fields, 'x'), 'malformed-signature'],
    [
      'a field that comes twice',
      request('mandrill_events=[]&a=1&a=1', {
        'x-mandrill-signature': signatureOf({ mandrill_events: '[]', a: '1' }),
      }),
      'malformed-signature',
    ],
    ['a form without the events', post({ another: 'ä' }), 'malformed-signature'],
    [
      'more fields than Mandrill would have',
      post({
        ...fields,
        ...Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`f${n}`, ''])),
      }),
      'malformed-signature',
    ],
    [
      'another content type',
      { ...post(fields), headers: { 'x-mandrill-signature': signatureOf(fields) } },
      'malformed-signature',
    ],
  ])('F-17 refuses %s', async (_, given, reason) => {
    expect(await scheme.verify(given, { now: NOW })).toEqual({ ok: false, reason });
  });

  const answerTo = async (given: SignedRequest) => scheme.handshake?.(given, { now: NOW });

  it('F-17 answers the probes of Mandrill, and nothing else', async () => {
    const empty = { status: 200, headers: {}, body: '' };
    expect(scheme.handshakeMethods).toEqual(['HEAD']);
    expect(await answerTo({ ...request(''), method: 'HEAD' })).toEqual(empty);
    const probe = { mandrill_events: '[]' };
    expect(await answerTo(post(probe, signatureOf(probe, 'test-webhook')))).toEqual(empty);
    expect(await answerTo(post(fields, signatureOf(fields, 'test-webhook')))).toBeUndefined();
    expect(await answerTo({ ...request(''), method: 'GET' })).toBeUndefined();
  });
});
