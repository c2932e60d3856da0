import { Global, Injectable, Logger, Module, Scope, type LoggerService } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { createHash, createHmac } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { createSqlDatabase } from '../database/database.factory.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { EventEntity } from '../inbox/event.entity.js';
import { EventSubscribers } from '../inbox/event-subscribers.js';
import { Inbox } from '../inbox/inbox.js';
import { INBOX_OPTIONS } from '../inbox/inbox.options.js';
import { fromStoredBody, type OpenBody } from '../inbox/stored-body.js';
import { JobEntity } from '../queue/job.entity.js';
import { QUEUE_OPTIONS } from '../queue/queue.options.js';
import { RETENTION_OPTIONS } from '../retention/retention.options.js';
import { hmac } from '../signatures/schemes/hmac.scheme.js';
import type {
  EventFacts,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../signatures/signature-scheme.js';
import type { Answer } from './answer.js';
import { ReceiverModule } from './receiver.module.js';
import { KEY_FETCH } from './key-fetch.js';
import { resolveWebhookOptions } from '../module/webhook.options.js';
import { RECEIVER_OPTIONS, type ReceiverOptions } from './receiver.options.js';
import type { SourcesOption } from './sources.option.js';
import { close } from '../../test/support/close.js';
import { SourceRegistry } from './source.registry.js';
import { LogListener } from '../telemetry/log.listener.js';
import { WebhookReceiver } from './webhook.receiver.js';

const SECRET = 'a very secret secret';

/** Hex HMAC of the body in `x-test-signature`; id and type in headers. */
const signed: SignatureScheme = {
  name: 'signed',
  verify: ({ headers, body }) => {
    const given = headers['x-test-signature'];
    if (given === undefined) return { ok: false, reason: 'missing-signature' };
    if (given !== signature(body)) return { ok: false, reason: 'signature-mismatch' };
    return {
      ok: true,
      keyIndex: 0,
      ...(typeof headers['x-id'] === 'string' && { eventId: headers['x-id'] }),
      ...(typeof headers['x-type'] === 'string' && { eventType: headers['x-type'] }),
    };
  },
};

function signature(body: Uint8Array): string {
  return createHmac('sha256', SECRET).update(body).digest('hex');
}

/** A scheme that accepts everything and says what the test wants. */
function saying(facts: EventFacts): SignatureScheme {
  return { name: 'saying', verify: () => ({ ok: true, keyIndex: 0, ...facts }) };
}

/** Says that a body holds several events. */
function batchOf(events: readonly EventFacts[]): Pick<SignatureScheme, 'verify'> {
  return { verify: () => ({ ok: true, keyIndex: 0, events }) };
}

class RecordingLogger implements LoggerService {
  readonly lines: string[] = [];
  readonly log = this.record('log');
  readonly warn = this.record('warn');
  readonly error = this.record('error');
  readonly debug = this.record('debug');
  private record(level: string) {
    return (message: unknown, ...rest: unknown[]): void => {
      if (rest.at(-1) === WebhookReceiver.name) this.lines.push(`${level}: ${String(message)}`);
    };
  }
}

describe(WebhookReceiver.name, () => {
  let module: TestingModule;
  let receiver: WebhookReceiver;
  const logger = new RecordingLogger();

  async function start(
    sources: SourcesOption,
    providers: (new () => unknown)[] = [],
    options: ReceiverOptions = {},
  ) {
    @Global()
    @Module({
      providers: [
        {
          provide: SqlDatabase,
          useFactory: createSqlDatabase,
          inject: [getDataSourceToken()],
        },
        {
          provide: CommitSignal,
          useFactory: (dataSource: DataSource) => new CommitSignal(dataSource),
          inject: [getDataSourceToken()],
        },
        { provide: Clock, useClass: SystemClock },
        { provide: DATABASE_CLOCK, useExisting: Clock },
        { provide: Sealer, useValue: new Sealer([]) },
        { provide: KEY_FETCH, useValue: globalThis.fetch },
        { provide: QUEUE_OPTIONS.token, useValue: { ...QUEUE_OPTIONS.defaults, enabled: false } },
        { provide: RETENTION_OPTIONS.token, useValue: RETENTION_OPTIONS.defaults },
        { provide: INBOX_OPTIONS.token, useValue: INBOX_OPTIONS.defaults },
        {
          provide: RECEIVER_OPTIONS.token,
          useValue: resolveWebhookOptions({ sources, receiver: options }).receiver,
        },
        ...providers,
      ],
      exports: [
        SqlDatabase,
        CommitSignal,
        Sealer,
        Clock,
        DATABASE_CLOCK,
        QUEUE_OPTIONS.token,
        RETENTION_OPTIONS.token,
        INBOX_OPTIONS.token,
        RECEIVER_OPTIONS.token,
        KEY_FETCH,
      ],
    })
    class Surroundings {}

    module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          entities: [EventEntity, JobEntity],
          synchronize: true,
        }),
        Surroundings,
        ReceiverModule,
      ],
    })
      .setLogger(logger)
      .compile();
    await module.init();
    receiver = module.get(WebhookReceiver, { strict: false });
  }

  interface Sent {
    readonly source?: string;
    readonly method?: string;
    readonly url?: string;
    readonly origin?: string;
    readonly headers?: Record<string, string>;
  }

  /** Posts a body, signed unless the test says otherwise. */
  function post(body: string | Buffer, sent: Sent = {}): Promise<Answer | undefined> {
    const bytes = Buffer.from(body);
    const source = sent.source ?? 'game';
    const raw = Object.assign(new PassThrough(), {
      method: sent.method ?? 'POST',
      headers: {
        'content-type': 'application/json',
        'x-test-signature': signature(bytes),
        ...sent.headers,
      },
    });
    raw.end(bytes);
    return receiver.receive({
      source,
      url: sent.url ?? `/webhooks/${source}`,
      origin: sent.origin,
      raw,
    });
  }

  async function statusOf(...sent: Parameters<typeof post>): Promise<number | undefined> {
    return (await post(...sent))?.status;
  }

  function contentOf(answered: Answer | undefined): unknown {
    expect(answered?.body).not.toContain('\n');
    return JSON.parse(String(answered?.body ?? 'null'));
  }

  function stored(): Promise<EventEntity[]> {
    return module
      .get(DataSource, { strict: false })
      .getRepository(EventEntity)
      .find({ order: { key: 'DESC' } });
  }

  function wantEverything(): void {
    module.get(EventSubscribers, { strict: false }).register({
      plan: ({ key }) => ({
        ok: true,
        jobs: [{ job: { kind: 'handler', name: 'test', ref: key }, payload: undefined }],
      }),
    });
  }

  afterEach(async () => {
    await close(module);
    logger.lines.length = 0;
  });

  describe('what it accepts', () => {
    it('answers 200 when the event is committed', async () => {
      await start({ game: signed });
      wantEverything();
      const answered = await post('{"points":150}', {
        headers: { 'x-id': 'e-1', 'x-type': 'points.updated' },
      });
      expect(answered?.status).toBe(200);
      expect(contentOf(answered)).toEqual({ status: 'accepted', id: 'e-1' });
      expect(await stored()).toMatchObject([
        { source: 'game', id: 'e-1', type: 'points.updated', status: 'accepted', tenant: '' },
      ]);
    });

    it('tells duplicate and ignored events from accepted ones', async () => {
      await start({ game: signed });
      expect(contentOf(await post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
        status: 'ignored',
        id: 'e-1',
      });
      expect(contentOf(await post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
        status: 'duplicate',
        id: 'e-1',
      });
      expect(await stored()).toHaveLength(1);
      expect(logger.lines).toEqual([
        "debug: Event 'e-1' of type '' from source 'game': ignored (key 0)",
        "debug: Event 'e-1' of type '' from source 'game': duplicate (key 0)",
      ]);
    });

    it('builds no line for a level that is off', async () => {
      await start({ game: signed });
      Logger.overrideLogger(['warn', 'error']);
      await post('{}');
      expect(logger.lines).toEqual([]);
      Logger.overrideLogger(['log', 'warn', 'error', 'debug']);
    });

    it('REQ-46 counts bytes, and forbids caches to keep the answer', async () => {
      await start({ game: saying({ eventId: 'ä😀' }) });
      const answered = await post('{}');
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
      await start({ game: signed });
      const answered = await post(body, { headers: { 'content-type': contentType as string } });
      expect(answered?.status).toBe(200);
      const [event] = await stored();
      expect(event?.format).toBe(format);
      expect(fromStoredBody(event as EventEntity & OpenBody)).toEqual(Buffer.from(body));
    });

    it('verifies and stores what a content encoding hid', async () => {
      await start({ game: signed });
      const body = Buffer.from('{"points":150}');
      const answered = await post(gzipSync(body), {
        headers: { 'content-encoding': 'gzip', 'x-test-signature': signature(body) },
      });
      expect(answered?.status).toBe(200);
      expect((await stored())[0]?.body).toBe('{"points":150}');
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
      await start({ game: spying });
      await post('{}', { url: '/api/webhooks/game?a=%20b', headers: { 'x-a': 'B' } });
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
        await start({ game: scheme }, [], publicUrl === undefined ? {} : { publicUrl });
        const { headers } = scheme.sign({ body: '{}', url: expected });
        const sent = { url: '/webhooks/game?a', ...(origin && { origin }) };
        const forwarded = { 'x-forwarded-host': 'other.example', 'x-forwarded-proto': 'https' };
        expect(await statusOf('{}', { ...sent, headers: { ...headers, ...forwarded } })).toBe(200);
        const other = scheme.sign({ body: '{}', url: 'https://other.example/webhooks/game?a' });
        expect(await statusOf('{}', { ...sent, headers: { ...other.headers, ...forwarded } })).toBe(
          401,
        );
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
      await start({ game: CustomScheme }, [CustomScheme]);
      expect(contentOf(await post('{}'))).toMatchObject({ id: 'from-class' });
      expect(await statusOf('{}', { headers: { 'x-test-signature': 'forged' } })).toBe(401);
    });
  });

  describe('identity', () => {
    it('is a digest of source and bytes where the sender gives no id', async () => {
      await start({ game: signed, other: signed });
      const digest = createHash('sha256').update('game\0{"a":1}').digest('hex');
      expect(contentOf(await post('{"a":1}'))).toEqual({
        status: 'ignored',
        id: `sha256:${digest}`,
      });
      expect(contentOf(await post('{"a":1}'))).toMatchObject({ status: 'duplicate' });
      expect(contentOf(await post('{"a":1}', { source: 'other' }))).toMatchObject({
        status: 'ignored',
      });
    });

    it('REQ-26 is not changed by an Idempotency-Key', async () => {
      await start({ game: signed });
      await post('{}', { headers: { 'x-id': 'e-1', 'idempotency-key': 'a' } });
      const again = await post('{}', { headers: { 'x-id': 'e-1', 'idempotency-key': 'b' } });
      expect(contentOf(again)).toEqual({ status: 'duplicate', id: 'e-1' });
    });

    it('is what the options say, before what the scheme says', async () => {
      await start({
        game: {
          scheme: saying({ eventId: 'scheme', eventType: 'scheme', dataPath: 'data' }),
          id: (_request, payload) => (payload as { data: { id: number } }).data.id,
          type: ({ headers }) => headers['x-topic'] as string,
          occurredAt: () => new Date(1_000),
          tenant: ({ url }) => Promise.resolve(new URL(url, 'http://host').searchParams.get('t')),
        },
      });
      await post('{"data":{"id":7}}', {
        url: '/webhooks/game?t=acme',
        headers: { 'x-topic': 'order.paid' },
      });
      expect(await stored()).toMatchObject([
        { id: '7', type: 'order.paid', tenant: 'acme', occurredAt: 1_000, dataPath: 'data' },
      ]);
    });

    it('is what the scheme says where the options say nothing', async () => {
      await start({
        game: {
          scheme: saying({ eventId: 'scheme', eventType: 'a.b', occurredAt: new Date(2_000) }),
          id: () => undefined,
          type: () => null,
          occurredAt: () => undefined,
        },
      });
      await post('{}');
      expect(await stored()).toMatchObject([{ id: 'scheme', type: 'a.b', occurredAt: 2_000 }]);
    });

    it('takes an invalid date for none', async () => {
      await start({ game: saying({ eventId: 'a', occurredAt: new Date(NaN) }) });
      const before = Date.now();
      await post('{}');
      expect((await stored())[0]?.occurredAt).toBeGreaterThanOrEqual(before);
    });

    it('REQ-27 takes an id of 255 characters, and refuses a longer one before it is stored', async () => {
      await start({ game: signed });
      expect(await statusOf('{}', { headers: { 'x-id': 'a'.repeat(255) } })).toBe(200);
      expect(await statusOf('{}', { headers: { 'x-id': 'a'.repeat(256) } })).toBe(400);
      expect(await stored()).toHaveLength(1);
      expect(logger.lines.at(-1)).toBe(
        "warn: Refused a request to source 'game' with 400: " +
          "the event's id is not text of up to 255 characters",
      );
    });

    it('REQ-27 keeps the ids of tenants apart', async () => {
      const tenant = ({ headers }: SignedRequest) => headers['x-tenant'] as string;
      await start({ game: { scheme: saying({ eventId: 'same' }), tenant } });
      for (const name of ['a', 'b', 'A']) {
        expect(contentOf(await post('{}', { headers: { 'x-tenant': name } }))).toMatchObject({
          status: 'ignored',
        });
      }
      expect(contentOf(await post('{}', { headers: { 'x-tenant': 'a' } }))).toMatchObject({
        status: 'duplicate',
      });
    });

    it.each([
      ['id', ''],
      ['id', 'a\nb'],
      ['id', 'a\0b'],
      ['id', 'a\u0085b'],
      ['id', '\ud800'],
      ['id', 1.5],
      ['id', {}],
      ['type', 'a'.repeat(256)],
      ['type', 'a\u007f'],
      ['type', 5],
      ['tenant', 'a'.repeat(65)],
      ['tenant', '\udfff'],
    ])('REQ-27 REQ-40 refuses the %s %j', async (fact, value) => {
      const options = { [fact]: () => value };
      await start({ game: { scheme: saying({}), ...options } });
      expect(await statusOf('{}')).toBe(400);
      expect(await stored()).toEqual([]);
      expect(logger.lines).toHaveLength(1);
      expect(logger.lines[0]).toContain(`the event's ${fact} is not text`);
    });
  });

  describe('stored headers', () => {
    it('REQ-43 keeps those that the source names, and no others', async () => {
      await start({ game: { scheme: signed, storeHeaders: ['X-Request-Id', 'x-absent'] } });
      await post('{}', { headers: { 'x-request-id': 'r-1', authorization: 'Bearer 1' } });
      expect((await stored())[0]?.headers).toBe('{"x-request-id":"r-1"}');
    });
  });

  describe('what it refuses', () => {
    const forged = { 'x-test-signature': 'forged' };

    it.each(['unknown', 'Game', 'constructor', '__proto__', 'toString', 'a/b', '%zz'])(
      'REQ-44 answers 404 for the source %s',
      async (source) => {
        await start({ game: signed });
        const answered = await post('{}', { source });
        expect(answered?.status).toBe(404);
        expect(contentOf(answered)).toEqual({ statusCode: 404, error: 'Not Found' });
        expect(logger.lines).toEqual([
          `warn: Refused a request to source '${source}' with 404: there is no such source`,
        ]);
      },
    );

    it('keeps a stranger out of the log', async () => {
      await start({ game: signed });
      await post('{}', { source: `a'\n\u001b[31m😀${'x'.repeat(500)}` });
      expect(logger.lines[0]).toMatch(/^warn: Refused a request to source 'a\?+\[31m\?+x+\.\.\.' /);
      expect(logger.lines[0]?.length).toBeLessThan(150);
    });

    it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
      await start({ game: signed });
      const answered = await post('{}', { method });
      expect(answered?.status).toBe(405);
      expect(answered?.headers).toMatchObject({ allow: 'POST' });
      expect(await statusOf('{}', { method, source: 'unknown' })).toBe(404);
    });

    it('answers 413 over the limit of the source', async () => {
      await start({ game: { scheme: signed, bodyLimitBytes: 10 }, other: signed });
      expect(await statusOf('{"a":12345}')).toBe(413);
      expect(await statusOf('{"a":1234}')).toBe(200);
      expect(await statusOf('{"a":12345}', { source: 'other' })).toBe(200);
      expect(logger.lines[0]).toBe(
        "warn: Refused a request to source 'game' with 413: the body is over the limit of 10 bytes",
      );
    });

    it('answers 415 to an unknown content encoding, and says which it knows', async () => {
      await start({ game: signed });
      const answered = await post('{}', { headers: { 'content-encoding': 'zstd' } });
      expect(answered?.status).toBe(415);
      expect(answered?.headers).toMatchObject({ 'accept-encoding': 'gzip, deflate, identity' });
    });

    it('answers 400 to a corrupt one', async () => {
      await start({ game: signed });
      expect(await statusOf('{}', { headers: { 'content-encoding': 'gzip' } })).toBe(400);
    });

    it('REQ-2 REQ-5 answers every bad signature alike, whatever the body', async () => {
      await start({ game: signed });
      const answers = [
        await post('{}', { headers: { 'x-test-signature': undefined as never } }),
        await post('{}', { headers: { 'x-test-signature': '' } }),
        await post('{}', { headers: { 'x-test-signature': '  ' } }),
        await post('1', { headers: forged }),
        await post('null', { headers: forged }),
        await post('[]', { headers: forged }),
        await post('{"broken', { headers: forged }),
      ];
      for (const answered of answers) expect(answered).toEqual(answers[0]);
      expect(answers[0]?.status).toBe(401);
      expect(contentOf(answers[0])).toEqual({ statusCode: 401, error: 'Unauthorized' });
      expect(await stored()).toEqual([]);
    });

    it('REQ-43 logs one line that names source and reason, and nothing of the request', async () => {
      await start({ game: signed });
      await post('{"card":"4242"}', { headers: { ...forged, authorization: 'Bearer 123' } });
      expect(logger.lines).toEqual([
        "warn: Refused a request to source 'game' with 401: signature-mismatch",
      ]);
    });

    it('REQ-5 answers 400 to a malformed body only when its signature is right', async () => {
      await start({ game: signed });
      const answered = await post('{"card":"4242');
      expect(answered?.status).toBe(400);
      expect(contentOf(answered)).toEqual({ statusCode: 400, error: 'Bad Request' });
      expect(logger.lines).toEqual([
        "warn: Refused a request to source 'game' with 400: the body is not JSON",
      ]);
    });

    it('REQ-21 answers 503 where the key cannot be had', async () => {
      const keyless: SignatureScheme = {
        ...signed,
        verify: () => ({ ok: false, reason: 'key-unavailable' }),
      };
      await start({ game: keyless });
      const answered = await post('{}');
      expect(answered?.status).toBe(503);
      expect(answered?.headers).toMatchObject({ 'retry-after': '10' });
      expect(await stored()).toEqual([]);
    });

    it('answers nobody when the client went away, and stores nothing', async () => {
      await start({ game: signed });
      const raw = Object.assign(new PassThrough(), { method: 'POST', headers: {} });
      const answered = receiver.receive({ source: 'game', url: '/webhooks/game', raw });
      raw.write('{"half":');
      raw.destroy();
      expect(await answered).toBeUndefined();
      expect(await stored()).toEqual([]);
    });

    it('REQ-35 answers 500 at once where the body is gone, and says the cure', async () => {
      await start({ game: signed });
      const raw = Object.assign(new PassThrough(), {
        method: 'POST',
        headers: {},
        body: { parsed: true },
      });
      raw.end('{}').resume();
      await new Promise((resolve) => raw.once('end', resolve));
      const answered = await receiver.receive({ source: 'game', url: '/webhooks/game', raw });
      expect(answered?.status).toBe(500);
      expect(logger.lines).toHaveLength(1);
      expect(logger.lines[0]).toContain('request.rawBody');
      expect(await stored()).toEqual([]);
    });
  });

  describe('answers of which the sender is particular', () => {
    const accepted = { status: 204, headers: { 'x-seen': 'yes' }, body: '' };
    const refused = { status: 498, headers: {}, body: '' };
    const particular: SignatureScheme = { ...signed, answers: { accepted, refused } };

    it('are given for whatever was committed, and for whatever was refused', async () => {
      await start({ game: particular });
      const first = await post('{"a":1}', { headers: { 'x-id': '1' } });
      expect(first).toMatchObject({ status: 204, headers: { 'x-seen': 'yes' } });
      expect(await post('{"a":1}', { headers: { 'x-id': '1' } })).toEqual(first);
      expect(await stored()).toHaveLength(1);
      const wrong = await post('{}', { headers: { 'x-test-signature': 'forged' } });
      expect(wrong).toMatchObject({ status: 498, headers: { 'content-length': '0' } });
      expect(await post('{}', { headers: { 'x-test-signature': '' } })).toEqual(wrong);
      expect(logger.lines.filter((line) => line.startsWith('warn: Refused'))).toEqual([
        "warn: Refused a request to source 'game' with 498: signature-mismatch",
        "warn: Refused a request to source 'game' with 498: signature-mismatch",
      ]);
    });

    it('are given for batches as well', async () => {
      const events = [{ eventId: '1', eventType: 'a', dataPath: '0' }];
      await start({ game: { ...saying({}), ...batchOf(events), answers: { accepted } } });
      expect(await statusOf('[{}]')).toBe(204);
      expect(await stored()).toHaveLength(1);
    });

    it('REQ-21 do not stand for a key that cannot be had, nor for a body that cannot be read', async () => {
      const verify = (): Verification => ({ ok: false, reason: 'key-unavailable' });
      await start({ game: particular, sealed: { ...particular, verify } });
      expect(await statusOf('{}', { source: 'sealed' })).toBe(503);
      expect(await statusOf('{broken')).toBe(400);
    });

    it.each<[string, SignatureScheme['answers']]>([
      ['accepted', { accepted: refused }],
      ['refused', { refused: accepted }],
      ['refused', { refused: { ...refused, headers: { a: 'b\r\nc' } } }],
      ['refused', { refused: { ...refused, status: 400.5 } }],
    ])('are looked at when the application starts: %s', async (name, answers) => {
      await expect(start({ game: { ...signed, answers: answers! } })).rejects.toThrow(
        `sources.game.scheme.answers.${name}`,
      );
    });
  });

  describe('schema', () => {
    const schema = z.object({ points: z.number(), user: z.object({ id: z.string() }) });
    const bad = '{"points":"many","user":{"id":5}}';

    it('answers 422 with the paths, and stores nothing', async () => {
      await start({ game: { scheme: signed, schema } });
      const answered = await post(bad);
      expect(answered?.status).toBe(422);
      expect(contentOf(answered)).toEqual({
        statusCode: 422,
        error: 'Unprocessable Entity',
        issues: [
          { path: 'points', message: expect.any(String) as string },
          { path: 'user.id', message: expect.any(String) as string },
        ],
      });
      expect(logger.lines).toEqual([
        "warn: Refused a request to source 'game' with 422: its data does not fit the schema (2 issues)",
      ]);
      expect(await stored()).toEqual([]);
    });

    it('keeps the event as rejected where the source says so', async () => {
      await start({ game: { scheme: signed, schema, onInvalidPayload: 'store' } });
      const answered = await post(bad);
      expect(answered?.status).toBe(200);
      expect(contentOf(answered)).toEqual({ status: 'rejected' });
      expect(await stored()).toMatchObject([{ status: 'rejected', body: bad }]);
      expect(contentOf(await post(bad))).toMatchObject({ status: 'duplicate' });
    });

    it('takes what fits', async () => {
      await start({ game: { scheme: signed, schema } });
      expect(await statusOf('{"points":1,"user":{"id":"5"}}')).toBe(200);
    });

    it('REQ-5 does not tell a forger of its issues', async () => {
      await start({ game: { scheme: signed, schema } });
      expect(await statusOf(bad, { headers: { 'x-test-signature': 'forged' } })).toBe(401);
    });

    it('tells of a bounded number of issues', async () => {
      await start({ game: { scheme: signed, schema: z.array(z.string()) } });
      const answered = await post(JSON.stringify(Array.from({ length: 500 }, () => 1)));
      expect((contentOf(answered) as { issues: unknown[] }).issues).toHaveLength(50);
    });
  });

  describe('faults', () => {
    it('REQ-31 answers 503 where the commit fails, and takes the event the next time', async () => {
      await start({ game: signed });
      const dataSource = module.get(DataSource);
      await dataSource.query('ALTER TABLE webhook_event RENAME TO away');
      const answered = await post('{}', { headers: { 'x-id': 'e-1' } });
      expect(answered?.status).toBe(503);
      expect(answered?.headers).toMatchObject({ 'retry-after': '10' });
      expect(contentOf(answered)).toEqual({ statusCode: 503, error: 'Service Unavailable' });
      expect(logger.lines[0]).toContain("source 'game' with 503: the event was not stored:");

      await dataSource.query('ALTER TABLE away RENAME TO webhook_event');
      expect(contentOf(await post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
        status: 'ignored',
        id: 'e-1',
      });
    });

    it('still answers when the application has stopped', async () => {
      await start({ game: signed });
      await module.close();
      expect(await statusOf('{}')).toBe(503);
      expect(await statusOf('{}', { headers: { 'x-test-signature': 'forged' } })).toBe(401);
    });

    it.each<[string, Partial<SignatureScheme>]>([
      [
        'verify() throws',
        {
          verify: () => {
            throw new Error('bug');
          },
        },
      ],
      ['verify() rejects', { verify: () => Promise.reject(new Error('bug')) }],
    ])('answers 500 without a trace where %s', async (_name, bug) => {
      await start({ game: { ...signed, ...bug } });
      const answered = await post('{}');
      expect(answered?.status).toBe(500);
      expect(contentOf(answered)).toEqual({ statusCode: 500, error: 'Internal Server Error' });
      expect(logger.lines).toEqual([
        "error: Failed on a request to source 'game', answered 500: Error: bug",
      ]);
      expect(await stored()).toEqual([]);
    });

    it('F-13 sums up what it failed on, which strangers may cause', async () => {
      const verify = (): never => {
        throw new Error('bug');
      };
      await start({ game: { ...signed, verify } });
      for (let request = 0; request < 30; request++) expect(await statusOf('{}')).toBe(500);
      expect(logger.lines).toHaveLength(21);
      expect(logger.lines.filter((line) => line.startsWith('error: '))).toHaveLength(20);
      module.get(LogListener, { strict: false }).onApplicationShutdown();
      expect(logger.lines.at(-1)).toBe(
        "warn: Refused 10 more requests to source 'game': 10 with 500 (Error: bug)",
      );
    });

    it('does not tell the log what JSON.parse quotes of a body', async () => {
      const id = ({ body }: SignedRequest): string => JSON.parse(`${String(body)}x`) as string;
      await start({ game: { scheme: signed, id } });
      expect(await statusOf('{"card":4242}')).toBe(500);
      expect(logger.lines).toEqual([
        "error: Failed on a request to source 'game', answered 500: a SyntaxError was thrown",
      ]);
    });

    it('F-11 answers 503 where too many bodies wait for a key, and goes on when it is there', async () => {
      let go = (): void => undefined;
      const key = new Promise<void>((resolve) => (go = resolve));
      let begin = (): void => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const verify = async (): Promise<Verification> => {
        begin();
        await key;
        return { ok: true, keyIndex: 0 };
      };
      const bodyLimitBytes = 20_000;
      await start(
        {
          game: { scheme: { name: 'slow', verify }, bodyLimitBytes },
          other: { scheme: signed, bodyLimitBytes },
        },
        [],
        { maxUnfinishedBytes: 30_000 },
      );
      const first = post(JSON.stringify('x'.repeat(18_000)));
      await begun;
      expect(await statusOf(JSON.stringify('y'.repeat(18_000)))).toBe(503);
      expect(await statusOf('{}', { source: 'other' })).toBe(200);
      go();
      expect((await first)?.status).toBe(200);
      expect(await statusOf(JSON.stringify('y'.repeat(18_000)))).toBe(200);
    });

    it.each<[string, () => never | Promise<never>]>([
      [
        'throws',
        () => {
          throw new Error('bug');
        },
      ],
      ['rejects', () => Promise.reject(new Error('bug'))],
    ])('answers 500 where a schema %s, and says whose it is', async (_name, validate) => {
      const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const;
      await start({ game: { scheme: signed, schema, onInvalidPayload: 'store' } });
      expect(await statusOf('{}')).toBe(500);
      expect(logger.lines).toEqual([
        "error: Failed on a request to source 'game', answered 500: " +
          "SchemaFailedError: The schema of source 'game' threw: Error: bug",
      ]);
      expect(await stored()).toEqual([]);
    });

    it.each(['id', 'type', 'occurredAt', 'tenant'])(
      'answers 500 where the function for %s rejects',
      async (fact) => {
        await start({ game: { scheme: signed, [fact]: () => Promise.reject(new Error('bug')) } });
        expect(await statusOf('{}')).toBe(500);
        expect(logger.lines).toHaveLength(1);
      },
    );
  });

  describe('start-up', () => {
    it('names a scheme class that no module provides', async () => {
      class Missing implements SignatureScheme {
        readonly name = 'missing';
        verify = signed.verify;
      }
      await expect(start({ game: Missing })).rejects.toMatchObject({
        option: 'sources.game.scheme',
        message: expect.stringContaining("'Missing'") as string,
      });
    });

    it('names a factory that was not called', async () => {
      function factory(): SignatureScheme {
        return signed;
      }
      await expect(start({ game: factory })).rejects.toMatchObject({
        option: 'sources.game.scheme',
        message: expect.stringContaining('write `() => factory(...)`') as string,
      });
    });

    it('names a class with a scope of its own', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class Scoped implements SignatureScheme {
        readonly name = 'scoped';
        verify = signed.verify;
      }
      await expect(start({ game: Scoped }, [Scoped])).rejects.toMatchObject({
        option: 'sources.game.scheme',
      });
    });

    it('names a class that is no scheme', async () => {
      @Injectable()
      class NoScheme {}
      await expect(start({ game: NoScheme as never }, [NoScheme])).rejects.toMatchObject({
        message: expect.stringContaining('no signature scheme') as string,
      });
    });

    it('needs no sources', async () => {
      await start({});
      expect(module.get(SourceRegistry, { strict: false }).find('game')).toBeUndefined();
      expect(module.get(Inbox, { strict: false })).toBeInstanceOf(Inbox);
    });
  });
});
