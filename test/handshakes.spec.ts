import { createHmac } from 'node:crypto';
import { QueryFailedError } from 'typeorm';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { areSameTexts } from '../lib/signatures/parts/constant-time.js';
import { echo, emptyAnswer, jsonAnswer } from '../lib/signatures/handshake/handshake-answer.js';
import { hmac } from '../lib/signatures/schemes/hmac.scheme.js';
import type { HandshakeOptions } from '../lib/signatures/handshake/handshake.js';
import { dropbox } from '../lib/signatures/providers/dropbox/dropbox.js';
import { meta } from '../lib/signatures/providers/meta/meta.js';
import { microsoftGraph } from '../lib/signatures/providers/microsoft-graph/microsoft-graph.js';
import { slack } from '../lib/signatures/providers/slack/slack.js';
import { xero } from '../lib/signatures/providers/xero/xero.js';
import { x } from '../lib/signatures/providers/x/x.js';
import { zoom } from '../lib/signatures/providers/zoom/zoom.js';
import type { HandshakeAnswer, SignatureScheme } from '../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../lib/signatures/signing.scheme.js';
import { ADAPTERS, startApp, type Answer, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { Signal } from './support/signal.js';

const SECRET = 'the secret of all senders here';

function scheme(name: string, handshake: HandshakeOptions): SigningScheme {
  return hmac({
    name,
    secret: SECRET,
    signature: { header: 'x-signature' },
    id: { header: 'x-id' },
    handshake,
  });
}

function valueOf(payload: unknown, key: string): unknown {
  return typeof payload === 'object' && payload !== null
    ? (payload as Record<string, unknown>)[key]
    : undefined;
}

/** Echoes what is signed, as chats do. */
const chat = scheme('chat', { signed: ({ payload }) => echo(valueOf(payload, 'challenge')) });

/** Shows that it knows the secret. */
const meeting = scheme('meeting', {
  signed: async ({ payload, digest }) => {
    const plain = valueOf(payload, 'plain');
    return typeof plain === 'string'
      ? jsonAnswer({ plain, digest: (await digest(plain)).toString('hex') })
      : undefined;
  },
});

/** Is asked by GET, with a token that the host has set. */
const social = scheme('social', {
  methods: ['GET'],
  unsigned: ({ request, query }) => {
    if (request.method !== 'GET' || query.get('mode') !== 'subscribe') return undefined;
    return areSameTexts(query.get('token'), 'the-token')
      ? echo(query.get('challenge'))
      : emptyAnswer(403);
  },
});

/** Asks by HEAD whether anybody is there. */
const board = scheme('board', { methods: ['HEAD'], unsigned: () => emptyAnswer(200) });

/** Asks for consent. */
const cloud = scheme('cloud', {
  methods: ['OPTIONS'],
  unsigned: ({ request, header }) => {
    const origin = header('webhook-request-origin');
    return request.method === 'OPTIONS' && origin === 'sender.example'
      ? emptyAnswer(200, { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' })
      : undefined;
  },
});

/** Hands its secret over, and signs with it from then on. */
function tasks(): SignatureScheme {
  let kept: string | undefined;
  return hmac({
    name: 'tasks',
    secret: () => kept,
    signature: { header: 'x-signature' },
    handshake: {
      unsigned: ({ header }) => {
        const given = header('x-hook-secret');
        if (given === undefined || (kept ?? given) !== given) return undefined;
        kept = given;
        return emptyAnswer(200, { 'x-hook-secret': given });
      },
    },
  });
}

/** Probes with wrong signatures, and wants 401 with nothing in it. */
const books = scheme('books', { unsigned: () => emptyAnswer(401) });

/** Has to fetch something, which takes as long as the test wants. */
class Fetching implements SignatureScheme {
  readonly name = 'fetching';
  readonly asked = new Signal<'asked'>();
  settle: (answer: HandshakeAnswer | undefined) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  verify(): { ok: true; keyIndex: number } {
    return { ok: true, keyIndex: 0 };
  }

  handshake(): Promise<HandshakeAnswer | undefined> {
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
      this.asked.push('asked');
    });
  }
}

describeOnDatabases('Handshakes', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    let database: TestDatabase;
    let clock: FakeClock;
    let fetching: Fetching;
    let app: TestApp;

    beforeAll(async () => {
      database = await kind.create();
      clock = new FakeClock();
      fetching = new Fetching();
      const options: WebhookModuleOptions = {
        clock,
        receiver: { handshakeTimeoutMs: 3_000 },
        sources: {
          chat,
          meeting,
          social,
          board,
          cloud,
          books,
          fetching,
          dropbox: dropbox({ secret: SECRET }),
          meta: meta({ secret: SECRET, verifyToken: 'the-token' }),
          graph: microsoftGraph({ clientState: SECRET }),
          slack: slack({ secret: SECRET }),
          x: x({ secret: SECRET }),
          xero: xero({ secret: SECRET }),
          zoom: zoom({ secret: SECRET }),
          tasks: tasks(),
          broken: scheme('broken', {
            methods: ['GET'],
            unsigned: () => ({ status: 200, headers: { 'x-bad': 'a\r\nb' }, body: '' }),
          }),
          markup: scheme('markup', {
            methods: ['GET'],
            unsigned: ({ query }) => ({
              status: 200,
              headers: {},
              body: query.get('challenge') ?? '',
            }),
          }),
        },
      };
      app = await startApp({ database, adapter, options, prepare: (host) => host.enableCors() });
    });

    afterAll(async () => {
      await app.close();
      await database.drop();
    });

    beforeEach(() => app.logger.clear());

    /** A handshake is no event, whatever comes of it. */
    afterEach(async () => {
      const events = await app.dataSource().getRepository(EventEntity).count();
      const jobs = await app.dataSource().getRepository(JobEntity).count();
      if (events + jobs > 0) throw new Error(`${events} events and ${jobs} jobs were stored`);
    });

    const signedPost = (name: string, sender: SigningScheme, body: string): Promise<Answer> =>
      app.post(`/webhooks/${name}`, body, {
        'content-type': 'application/json',
        ...sender.sign({ body }).headers,
      });

    it('echoes a signed challenge as text that no browser takes for a page', async () => {
      const challenge = '<script>alert("ä😀")</script>';
      const answer = await signedPost('chat', chat, JSON.stringify({ challenge }));
      expect(answer).toMatchObject({ status: 200, body: challenge });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('REQ-46 counts the bytes of the answer', async () => {
      const answer = await signedPost('chat', chat, JSON.stringify({ challenge: 'ä😀' }));
      expect(answer.headers.get('content-length')).toBe('6');
    });

    it('answers a challenge that is not signed 401', async () => {
      const body = '{"challenge":"c"}';
      const answer = await app.post('/webhooks/chat', body, {
        'content-type': 'application/json',
        'x-signature': '0'.repeat(64),
      });
      expect(answer.status).toBe(401);
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'chat' with 401: signature-mismatch",
      ]);
    });

    it('gives a digest to who can sign, and to nobody else', async () => {
      const body = '{"plain":"token"}';
      const digest = createHmac('sha256', SECRET).update('token').digest('hex');
      const answer = await signedPost('meeting', meeting, body);
      expect(JSON.parse(answer.body)).toEqual({ plain: 'token', digest });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      const forged = await app.post('/webhooks/meeting', body, { 'x-signature': 'f'.repeat(64) });
      expect(forged.status).toBe(401);
      expect(forged.body).not.toContain(digest);
    });

    it('answers a GET of a scheme that is asked so', async () => {
      const answer = await app.request(
        '/webhooks/social?mode=subscribe&token=the-token&challenge=%3Cb%3E+1',
        { method: 'GET' },
      );
      expect(answer).toMatchObject({ status: 200, body: '<b> 1' });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(app.logger.of('warn')).toEqual([]);
    });

    it('answers a wrong token as the scheme says, and logs that as a refusal', async () => {
      const answer = await app.request('/webhooks/social?mode=subscribe&token=x&challenge=c', {
        method: 'GET',
      });
      expect(answer).toMatchObject({ status: 403, body: '' });
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'social' with 403: the handshake failed",
      ]);
    });

    it('answers a GET that is no handshake 405', async () => {
      const answer = await app.request('/webhooks/social', { method: 'GET' });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST, GET');
      expect(app.logger.of('warn')).toEqual([expect.stringMatching(/social.*405.*no handshake/)]);
    });

    it.each([
      ['social', 'HEAD', 'POST, GET'],
      ['social', 'OPTIONS', 'POST, GET'],
      ['social', 'PUT', 'POST, GET'],
      ['board', 'GET', 'POST, HEAD'],
      ['cloud', 'DELETE', 'POST, OPTIONS'],
      ['chat', 'GET', 'POST'],
    ])(
      'answers 405 where %s is asked by %s, and says what it takes',
      async (source, method, allow) => {
        const headers = method === 'OPTIONS' ? { 'webhook-request-origin': 'x.example' } : {};
        const answer = await app.request(`/webhooks/${source}`, { method, headers });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toBe(allow);
      },
    );

    it('answers HEAD without a body', async () => {
      const answer = await app.request('/webhooks/board', { method: 'HEAD' });
      expect(answer).toMatchObject({ status: 200, body: '' });
    });

    it.each([{}, { origin: 'https://sender.example', 'access-control-request-method': 'POST' }])(
      'gives consent to a sender that asks for it, also where the host has CORS (%j)',
      async (further) => {
        const answer = await app.request('/webhooks/cloud', {
          method: 'OPTIONS',
          headers: { 'webhook-request-origin': 'sender.example', ...further },
        });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('webhook-allowed-origin')).toBe('sender.example');
        expect(answer.headers.get('webhook-allowed-rate')).toBe('*');
      },
    );

    it("leaves a browser's question to the host's CORS", async () => {
      const answer = await app.request('/webhooks/cloud', {
        method: 'OPTIONS',
        headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
      });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('webhook-allowed-origin')).toBeNull();
    });

    it('takes a secret that is handed over once', async () => {
      const hand = (secret: string): Promise<Answer> =>
        app.post('/webhooks/tasks', '{}', { 'x-hook-secret': secret });
      expect((await hand('first-secret')).headers.get('x-hook-secret')).toBe('first-secret');
      const second = await hand('second-secret');
      expect(second.status).toBe(401);
      expect(second.headers.get('x-hook-secret')).toBeNull();
      expect(app.logger.text).not.toMatch(/(first|second)-secret/);
    });

    it('answers a probe with a wrong signature as the scheme says', async () => {
      const answer = await app.post('/webhooks/books', '{}', { 'x-signature': '0'.repeat(64) });
      expect(answer).toMatchObject({ status: 401, body: '' });
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'books' with 401: signature-mismatch",
      ]);
    });

    it('waits for a handshake that has to fetch something', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      fetching.settle(emptyAnswer(204));
      expect(await answering).toMatchObject({ status: 204, body: '' });
    });

    it('REQ-21 answers 503 where that fails', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      fetching.fail(new Error('the other side is away'));
      const answer = await answering;
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'fetching' with 503: the handshake failed: Error: the other side is away",
      ]);
    });

    it('logs no value that a database error names', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      const thrown = Object.assign(new Error("Duplicate entry 'the-new-secret'"), {
        detail: 'Key (secret)=(the-new-secret) already exists.',
      });
      fetching.fail(new QueryFailedError('INSERT INTO secret', ['the-new-secret'], thrown));
      expect((await answering).status).toBe(503);
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'fetching' with 503: the handshake failed: a QueryFailedError was thrown",
      ]);
      expect(app.logger.text).not.toContain('the-new-secret');
    });

    it('REQ-21 answers 503 where that takes too long', async () => {
      const answering = app.post('/webhooks/fetching', '{}');
      await fetching.asked.next();
      clock.advance(3_000);
      const answer = await answering;
      expect(answer.status).toBe(503);
      fetching.fail(new Error('too late to matter'));
      expect(app.logger.of('warn')).toEqual([expect.stringContaining('longer than 3000 ms')]);
    });

    it.each([
      ['dropbox', '?challenge=c', 'c'],
      ['meta', '?hub.mode=subscribe&hub.verify_token=the-token&hub.challenge=c', 'c'],
      [
        'x',
        '?crc_token=c',
        `{"response_token":"sha256=${createHmac('sha256', SECRET).update('c').digest('base64')}"}`,
      ],
    ])('answers the GET of %s', async (name, query, body) => {
      expect(await app.request(`/webhooks/${name}${query}`, { method: 'GET' })).toMatchObject({
        status: 200,
        body,
      });
    });

    it('answers the POST of Microsoft Graph, which has the challenge in its URL', async () => {
      const answer = await app.post('/webhooks/graph?validationToken=a%20%3Cb%3E', '');
      expect(answer).toMatchObject({ status: 200, body: 'a <b>' });
      expect(answer.headers.get('content-type')).toContain('text/plain');
    });

    it('answers the signed challenges of Slack and Zoom', async () => {
      const timestamp = new Date(clock.now());
      const ask = (name: string, sender: SigningScheme, content: object): Promise<Answer> => {
        const body = JSON.stringify(content);
        const { headers } = sender.sign({ body, timestamp });
        return app.post(`/webhooks/${name}`, body, {
          'content-type': 'application/json',
          ...headers,
        });
      };
      const challenge = { type: 'url_verification', challenge: 'c' };
      expect(await ask('slack', slack({ secret: SECRET }), challenge)).toMatchObject({
        status: 200,
        body: 'c',
      });
      const validation = { event: 'endpoint.url_validation', payload: { plainToken: 'c' } };
      const answered = await ask('zoom', zoom({ secret: SECRET }), validation);
      expect(JSON.parse(answered.body)).toEqual({
        plainToken: 'c',
        encryptedToken: createHmac('sha256', SECRET).update('c').digest('hex'),
      });
      expect((await ask('slack', slack({ secret: 'other' }), challenge)).status).toBe(401);
    });

    it('answers the intent to receive of Xero by 200 or 401, and nothing in it', async () => {
      const probe = '{"events":[],"firstEventSequence":0,"entropy":"S0m3r4nd0mt3xt"}';
      const right = await signedPost('xero', xero({ secret: SECRET }), probe);
      const wrong = await signedPost('xero', xero({ secret: 'other' }), probe);
      expect(right).toMatchObject({ status: 200, body: '' });
      expect(wrong).toMatchObject({ status: 401, body: '' });
      for (const { headers } of [right, wrong]) {
        expect(headers.get('content-length')).toBe('0');
        expect(headers.get('set-cookie')).toBeNull();
      }
    });

    it('answers 500 without a trace where a scheme gives what no answer can be', async () => {
      const answer = await app.request('/webhooks/broken', { method: 'GET' });
      expect(answer.status).toBe(500);
      expect(JSON.parse(answer.body)).toEqual({ statusCode: 500, error: 'Internal Server Error' });
    });

    it('sends what a scheme says nothing of as text', async () => {
      const answer = await app.request('/webhooks/markup?challenge=%3Ch1%3E', { method: 'GET' });
      expect(answer).toMatchObject({ status: 200, body: '<h1>' });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });
  });
});
