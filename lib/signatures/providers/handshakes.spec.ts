import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { KeyUnavailableError } from '../keys/key-unavailable.error.js';
import type { SecretStore } from '../keys/secret.store.js';
import type { HandshakeAnswer, SignatureScheme, SignedRequest } from '../signature-scheme.js';
import type { SigningScheme } from '../signing.scheme.js';
import { asana } from './asana/asana.js';
import { cloudEvents } from './cloud-events/cloud-events.js';
import { dropbox } from './dropbox/dropbox.js';
import { intercom } from './intercom/intercom.js';
import { meta } from './meta/meta.js';
import { notion } from './notion/notion.js';
import { okta } from './okta/okta.js';
import { slack } from './slack/slack.js';
import { trello } from './trello/trello.js';
import { woocommerce } from './woocommerce/woocommerce.js';
import { x } from './x/x.js';
import { xero } from './xero/xero.js';
import { zoom } from './zoom/zoom.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECRET = 'a secret of some length';

const request = (method: string, given: Partial<SignedRequest> = {}): SignedRequest => ({
  url: 'https://example.com/webhooks/shop',
  headers: {},
  body: Buffer.alloc(0),
  ...given,
  method,
});

const get = (query: string, headers = {}): SignedRequest =>
  request('GET', { url: `https://example.com/webhooks/shop?${query}`, headers });

const post = (body: string, headers: Record<string, string> = {}): SignedRequest =>
  request('POST', {
    body: Buffer.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

const signed = (scheme: SigningScheme, body: string, headers = {}): SignedRequest =>
  post(body, { ...scheme.sign({ body, timestamp: NOW }).headers, ...headers });

const answerTo = async (
  scheme: SignatureScheme,
  given: SignedRequest,
): Promise<HandshakeAnswer | undefined> => scheme.handshake?.(given, { now: NOW });

const jsonOf = (answer: HandshakeAnswer | undefined): unknown => JSON.parse(String(answer?.body));

/** Keeps the first secret of each URL. */
class StoreInMemory implements SecretStore {
  readonly #kept = new Map<string, string>();

  find({ url }: SignedRequest): string | undefined {
    return this.#kept.get(url);
  }

  keepFirst({ url }: SignedRequest, secret: string): Promise<boolean> {
    const kept = this.#kept.get(url) ?? secret;
    this.#kept.set(url, kept);
    return Promise.resolve(kept === secret);
  }
}

describe('slack', () => {
  const scheme = slack({ secret: SECRET });
  const challenge = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1a' });

  it('echoes a signed challenge as plain text', async () => {
    expect(await answerTo(scheme, signed(scheme, challenge))).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      },
      body: '3eZbrw1a',
    });
  });

  it('answers no challenge that is not signed', async () => {
    expect(await answerTo(scheme, post(challenge))).toBeUndefined();
  });

  it('lets ssl_check pass for nothing that is not signed', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'ssl_check=1&token=old';
    expect(await answerTo(scheme, signed(scheme, body, form))).toMatchObject({ status: 200 });
    expect(await answerTo(scheme, post(body, form))).toBeUndefined();
    expect(scheme.verify(post(body, form), { now: NOW })).toMatchObject({ ok: false });
  });

  it('leaves events to the application', async () => {
    const body = JSON.stringify({ type: 'event_callback', challenge: 'x' });
    expect(await answerTo(scheme, signed(scheme, body))).toBeUndefined();
  });
});

describe('zoom', () => {
  const scheme = zoom({ secret: SECRET });
  const challenge = JSON.stringify({
    event: 'endpoint.url_validation',
    payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
  });

  it('answers a signed challenge by its HMAC', async () => {
    expect(jsonOf(await answerTo(scheme, signed(scheme, challenge)))).toEqual({
      plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
      encryptedToken: createHmac('sha256', SECRET).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex'),
    });
  });

  it('makes an HMAC of nothing that is not signed', async () => {
    expect(await answerTo(scheme, post(challenge))).toBeUndefined();
  });

  it.each(['{"event":"endpoint.url_validation"}', '{"event":"meeting.started"}', '[]', '{broken'])(
    'takes %s for no challenge',
    async (body) => {
      expect(await answerTo(scheme, signed(scheme, body))).toBeUndefined();
    },
  );
});

describe.each([
  ['intercom', intercom({ secret: SECRET })],
  ['trello', trello({ secret: SECRET, url: 'https://example.com/webhooks/shop' })],
])('%s', (_, scheme) => {
  it('answers the HEAD request, and no POST that is refused', async () => {
    expect(scheme.handshakeMethods).toEqual(['HEAD']);
    expect(await answerTo(scheme, request('HEAD'))).toEqual({ status: 200, headers: {}, body: '' });
    expect(await answerTo(scheme, post('{}'))).toBeUndefined();
  });
});

describe('meta', () => {
  const scheme = meta({ secret: SECRET, verifyToken: 'my token' });

  it('echoes the challenge to who shows the verify token', async () => {
    const query = 'hub.mode=subscribe&hub.verify_token=my%20token&hub.challenge=1158201444';
    expect(await answerTo(scheme, get(query))).toMatchObject({ status: 200, body: '1158201444' });
  });

  it.each(['hub.verify_token=other&', 'hub.verify_token=&', ''])(
    'refuses by 403 who shows another: %j',
    async (token) => {
      const answer = await answerTo(scheme, get(`hub.mode=subscribe&${token}hub.challenge=1`));
      expect(answer).toEqual({ status: 403, headers: {}, body: '' });
    },
  );

  it('takes other requests for no challenge', async () => {
    expect(await answerTo(scheme, get('hub.challenge=1'))).toBeUndefined();
    const body = post('{}');
    const url = `${body.url}?hub.mode=subscribe&hub.verify_token=my%20token&hub.challenge=1`;
    expect(await answerTo(scheme, { ...body, url })).toBeUndefined();
  });

  it.each([undefined, '', '  ', null, 5])('REQ-1 refuses the verify token %j', (verifyToken) => {
    expect(() => meta({ secret: SECRET, verifyToken: verifyToken as never })).toThrow(
      ConfigurationError,
    );
  });
});

describe('x', () => {
  const scheme = x({ secret: SECRET });

  it('answers the CRC by its HMAC', async () => {
    const token = 'MGJjZGRiNWEtZWI0Ny00YjI2';
    const hmac = createHmac('sha256', SECRET).update(token).digest('base64');
    expect(jsonOf(await answerTo(scheme, get(`crc_token=${token}&nonce=1`)))).toEqual({
      response_token: `sha256=${hmac}`,
    });
  });

  it('signs no body of an event for who asks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.object(), fc.array(fc.jsonValue())), async (payload) => {
        const token = encodeURIComponent(JSON.stringify(payload));
        expect(await answerTo(scheme, get(`crc_token=${token}`))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
    for (const json of ['{"tweet_create_events":[]}', '[]', 'a{"b":1}', 'a&b', '']) {
      const query = `crc_token=${encodeURIComponent(json)}`;
      expect(await answerTo(scheme, get(query))).toBeUndefined();
    }
  });

  it('is unavailable where the secret is', async () => {
    const sealed = x({
      secret: () => Promise.reject(new KeyUnavailableError('The vault is sealed.')),
    });
    expect(await answerTo(sealed, get('crc_token=abc'))).toMatchObject({ status: 503 });
  });
});

describe('dropbox', () => {
  const scheme = dropbox({ secret: SECRET });

  it('echoes the challenge as plain text, whatever it holds', async () => {
    expect(await answerTo(scheme, get('challenge=%3Cscript%3E'))).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: '<script>',
    });
    expect(await answerTo(scheme, get(''))).toBeUndefined();
    expect(await answerTo(scheme, get(`challenge=${'a'.repeat(4_097)}`))).toBeUndefined();
  });

  it('does not answer a POST that is refused', async () => {
    const { url } = get('challenge=a');
    expect(await answerTo(scheme, { ...post('{}'), url })).toBeUndefined();
  });
});

describe('okta', () => {
  const scheme = okta({ secret: SECRET });

  it('answers the challenge of its header', async () => {
    const headers = { 'x-okta-verification-challenge': 'abc' };
    expect(jsonOf(await answerTo(scheme, get('', headers)))).toEqual({ verification: 'abc' });
    expect(await answerTo(scheme, get(''))).toBeUndefined();
    expect(await answerTo(scheme, post('{}', headers))).toBeUndefined();
  });
});

describe('woocommerce', () => {
  const scheme = woocommerce({ secret: SECRET });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it('answers its ping, and takes it for no event', async () => {
    expect(await answerTo(scheme, post('webhook_id=5', form))).toMatchObject({ status: 200 });
    expect(scheme.verify(post('webhook_id=5', form), { now: NOW })).toMatchObject({ ok: false });
  });

  it.each(['webhook_id=5&id=6', 'webhook_id=x', 'webhook_id=1&webhook_id=2', 'id=5', ''])(
    'takes %j for no ping',
    async (body) => {
      expect(await answerTo(scheme, post(body, form))).toBeUndefined();
    },
  );

  it('does not answer a ping that is wrongly signed', async () => {
    const headers = { ...form, 'x-wc-webhook-signature': 'wrong' };
    expect(await answerTo(scheme, post('webhook_id=5', headers))).toBeUndefined();
  });
});

describe('xero', () => {
  const scheme = xero({ secret: SECRET });
  const probe = '{"events":[],"firstEventSequence":0,"entropy":"S0m3r4nd0mt3xt"}';

  it('answers intent to receive by 200 with an empty body', async () => {
    expect(await answerTo(scheme, signed(scheme, probe))).toEqual({
      status: 200,
      headers: {},
      body: '',
    });
  });

  it('wants exactly 200 or 401, and no body, in answer to everything else', () => {
    expect(scheme.answers).toEqual({
      accepted: { status: 200, headers: {}, body: '' },
      refused: { status: 401, headers: {}, body: '' },
    });
  });

  it('leaves events to the application, and refusals to the receiver', async () => {
    const body = '{"events":[{"eventType":"UPDATE"}]}';
    expect(await answerTo(scheme, signed(scheme, body))).toBeUndefined();
    for (const wrong of [probe, body, '{broken']) {
      expect(await answerTo(scheme, post(wrong))).toBeUndefined();
    }
  });

  it('says nothing of a signature that it cannot check', async () => {
    const sealed = xero({ secret: () => undefined });
    expect(await answerTo(sealed, signed(scheme, probe))).toBeUndefined();
  });
});

describe('asana', () => {
  const handover = (secret: string): SignedRequest => post('{}', { 'x-hook-secret': secret });
  const body = '{"events":[]}';

  it('keeps the secret that comes first, sends it back, and verifies by it', async () => {
    const scheme = asana({ secrets: new StoreInMemory() });
    const event = signed(asana({ secret: 'first' }), body);
    expect(await scheme.verify(event, { now: NOW })).toEqual({
      ok: false,
      reason: 'key-unavailable',
    });
    expect(await answerTo(scheme, handover('first'))).toEqual({
      status: 200,
      headers: { 'x-hook-secret': 'first' },
      body: '',
    });
    expect(await scheme.verify(event, { now: NOW })).toMatchObject({ ok: true });
    expect(await answerTo(scheme, event)).toBeUndefined();
  });

  it('takes no other secret after it, and the same one again', async () => {
    const scheme = asana({ secrets: new StoreInMemory() });
    await answerTo(scheme, handover('first'));
    expect(await answerTo(scheme, handover('second'))).toBeUndefined();
    expect(await answerTo(scheme, handover('first'))).toMatchObject({ status: 200 });
    const forged = signed(asana({ secret: 'second' }), body);
    expect(await scheme.verify(forged, { now: NOW })).toMatchObject({ ok: false });
  });

  it('sends nothing back where the secret is constant, or the header blank', async () => {
    expect(await answerTo(asana({ secret: 'first' }), handover('other'))).toBeUndefined();
    const scheme = asana({ secrets: new StoreInMemory() });
    expect(await answerTo(scheme, handover('  '))).toBeUndefined();
  });
});

describe('notion', () => {
  const handover = (token: unknown): SignedRequest =>
    post(JSON.stringify({ verification_token: token }));
  const body = '{"id":"e1","type":"page.created"}';

  it('keeps the token that comes first, and verifies by it', async () => {
    const secrets = new StoreInMemory();
    const scheme = notion({ secrets });
    expect(await answerTo(scheme, handover('first'))).toMatchObject({ status: 200, body: '' });
    expect(secrets.find(handover('first'))).toBe('first');
    expect(
      await scheme.verify(signed(notion({ secret: 'first' }), body), { now: NOW }),
    ).toMatchObject({ ok: true, eventId: 'e1' });
    expect(await answerTo(scheme, handover('second'))).toBeUndefined();
  });

  it('answers a token that is sent again, signed by itself', async () => {
    const scheme = notion({ secrets: new StoreInMemory() });
    await answerTo(scheme, handover('first'));
    const again = signed(notion({ secret: 'first' }), '{"verification_token":"first"}');
    expect(await answerTo(scheme, again)).toMatchObject({ status: 200 });
  });

  it.each([undefined, '', '  ', 5, 'a'.repeat(5_000)])('keeps no token like %j', async (token) => {
    const secrets = new StoreInMemory();
    expect(await answerTo(notion({ secrets }), handover(token))).toBeUndefined();
    expect(secrets.find(handover(token))).toBeUndefined();
  });

  it('keeps none where it is constant', async () => {
    expect(await answerTo(notion({ secret: 'first' }), handover('other'))).toBeUndefined();
  });
});

describe('cloudEvents', () => {
  const scheme = cloudEvents({ secret: SECRET, allowedOrigins: ['events.example.com'] });
  const options = (headers: Record<string, string>): SignedRequest =>
    request('OPTIONS', { headers });

  it('lets the senders post that are named', async () => {
    expect(scheme.handshakeMethods).toEqual(['OPTIONS']);
    const asked = { 'webhook-request-origin': 'events.example.com' };
    expect(await answerTo(scheme, options(asked))).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'events.example.com' },
      body: '',
    });
    expect(await answerTo(scheme, options({ ...asked, 'webhook-request-rate': '120' }))).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'events.example.com', 'webhook-allowed-rate': '*' },
      body: '',
    });
  });

  it('lets no others', async () => {
    const asked = { 'webhook-request-origin': 'evil.example' };
    expect(await answerTo(scheme, options(asked))).toBeUndefined();
    expect(await answerTo(scheme, options({}))).toBeUndefined();
    expect(await answerTo(cloudEvents({ unsigned: true }), options(asked))).toBeUndefined();
  });
});

describe('any handshake', () => {
  const url = 'https://example.com/';
  const schemes: SignatureScheme[] = [
    slack({ secret: SECRET }),
    zoom({ secret: SECRET }),
    intercom({ secret: SECRET }),
    trello({ secret: SECRET, url }),
    meta({ secret: SECRET, verifyToken: 'token' }),
    x({ secret: SECRET }),
    dropbox({ secret: SECRET }),
    okta({ secret: SECRET }),
    woocommerce({ secret: SECRET }),
    xero({ secret: SECRET }),
    asana({ secrets: new StoreInMemory() }),
    notion({ secrets: new StoreInMemory() }),
    cloudEvents({ secret: SECRET }),
  ];

  it('does not throw for junk', async () => {
    const names = ['x-hook-secret', 'x-okta-verification-challenge', 'webhook-request-origin'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'),
        fc.string(),
        fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
        fc.constantFrom(...names),
        async (method, query, body, name) => {
          for (const scheme of schemes) {
            const given = request(method, {
              url: `/webhooks/shop?${query}`,
              body: Buffer.from(body),
              headers: { [name]: [query, query] },
            });
            expect([undefined, 200, 401, 403]).toContain((await answerTo(scheme, given))?.status);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
