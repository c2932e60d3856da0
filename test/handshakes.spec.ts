import { createHmac } from 'node:crypto';
import { areSameTexts } from '../lib/signatures/parts/constant-time.js';
import { echo, emptyAnswer, jsonAnswer } from '../lib/signatures/handshake/handshake-answer.js';
import { hmac } from '../lib/signatures/schemes/hmac.scheme.js';
import type { SignatureScheme } from '../lib/signatures/signature-scheme.js';
import { ADAPTERS, type Answer } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { HandshakeApp, scheme, SECRET } from './support/handshake.app.js';
import { SharedDatabase } from './support/shared.database.js';

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

describeOnDatabases('Handshakes', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new HandshakeApp(database, adapter, {
      chat,
      meeting,
      social,
      board,
      cloud,
      books,
      tasks: tasks(),
      markup: scheme('markup', {
        methods: ['GET'],
        unsigned: ({ query }) => ({ status: 200, headers: {}, body: query.get('challenge') ?? '' }),
      }),
    });

    it('echoes a signed challenge as text that no browser takes for a page', async () => {
      const challenge = '<script>alert("ä😀")</script>';
      const answer = await app.signedPost('chat', chat, JSON.stringify({ challenge }));
      expect(answer).toMatchObject({ status: 200, body: challenge });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('REQ-46 counts the bytes of the answer', async () => {
      const answer = await app.signedPost('chat', chat, JSON.stringify({ challenge: 'ä😀' }));
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
      const answer = await app.signedPost('meeting', meeting, body);
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

    it('sends what a scheme says nothing of as text', async () => {
      const answer = await app.request('/webhooks/markup?challenge=%3Ch1%3E', { method: 'GET' });
      expect(answer).toMatchObject({ status: 200, body: '<h1>' });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });
  });
});
