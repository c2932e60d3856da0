import {
  Body,
  Catch,
  Controller,
  Get,
  Global,
  Module,
  Post,
  UnauthorizedException,
  VersioningType,
  type ArgumentsHost,
  type DynamicModule,
  type INestApplication,
  type LoggerService,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import express from 'express';
import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { createSqlDatabase } from '../database/database.factory.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { EventEntity } from '../inbox/event.entity.js';
import { INBOX_OPTIONS } from '../inbox/inbox.options.js';
import { fromStoredBody, type OpenBody } from '../inbox/stored-body.js';
import { JobEntity } from '../queue/job.entity.js';
import { QUEUE_OPTIONS } from '../queue/queue.options.js';
import { RETENTION_OPTIONS } from '../retention/retention.options.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { ReceiverModule } from './receiver.module.js';
import { ReceiverMount } from './receiver.mount.js';
import { KEY_FETCH } from './key-fetch.js';
import { resolveWebhookOptions } from '../module/webhook.options.js';
import { RECEIVER_OPTIONS } from './receiver.options.js';
import type { SourcesOption } from './sources.option.js';
import { WebhookReceiver } from './webhook.receiver.js';

const SECRET = 'a very secret secret';
const MIB = 1_048_576;

const signed: SignatureScheme = {
  name: 'signed',
  verify: ({ headers, body }) =>
    headers['x-test-signature'] === signature(body)
      ? { ok: true, keyIndex: 0 }
      : { ok: false, reason: 'signature-mismatch' },
};

function signature(body: Uint8Array): string {
  return createHmac('sha256', SECRET).update(body).digest('hex');
}

function withoutUndefined(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** Routes of the host, above and below the receiver's path. */
@Controller()
class HostController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { parsed: body };
  }

  @Get('webhooks')
  list(): string {
    return 'the list of the host';
  }

  @Get('webhooks/game/status')
  status(): string {
    return 'the status of the host';
  }
}

@Module({})
class HostModule {
  static with(sources: SourcesOption): DynamicModule {
    return {
      module: HostModule,
      controllers: [HostController],
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          entities: [EventEntity, JobEntity],
          synchronize: true,
        }),
        Surroundings.with(sources),
        ReceiverModule,
      ],
    };
  }
}

@Global()
@Module({})
class Surroundings {
  static with(sources: SourcesOption): DynamicModule {
    return {
      module: Surroundings,
      providers: [
        { provide: SqlDatabase, useFactory: createSqlDatabase, inject: [getDataSourceToken()] },
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
        { provide: RECEIVER_OPTIONS.token, useValue: resolveWebhookOptions({ sources }).receiver },
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
    };
  }
}

class RecordingLogger implements LoggerService {
  readonly lines: string[] = [];
  readonly log = (): void => undefined;
  readonly warn = this.record('warn');
  readonly error = this.record('error');
  private record(level: string) {
    return (message: unknown, ...rest: unknown[]): void => {
      if (rest.at(-1) === WebhookReceiver.name) this.lines.push(`${level}: ${String(message)}`);
    };
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent in several HTTP chunks. */
  readonly chunks?: readonly Buffer[];
  readonly agent?: Agent;
}

describe(ReceiverMount.name, () => {
  const logger = new RecordingLogger();
  let app: INestApplication;
  let port: number;

  const platforms = {
    express: (options?: NestApplicationOptions) =>
      NestFactory.create<NestExpressApplication>(HostModule.with({ game: signed }), {
        abortOnError: false,
        logger,
        ...options,
      }),
    fastify: (options?: NestApplicationOptions, adapter = new FastifyAdapter()) =>
      NestFactory.create<NestFastifyApplication>(HostModule.with({ game: signed }), adapter, {
        abortOnError: false,
        logger,
        ...options,
      }),
  };

  async function listen(created: INestApplication): Promise<void> {
    app = created;
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
  }

  function send(body: Buffer | string, sent: Sent = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const request = httpRequest(
        {
          port,
          host: '127.0.0.1',
          path: sent.path ?? '/webhooks/game',
          method: sent.method ?? 'POST',
          headers: withoutUndefined({
            'content-type': 'application/json',
            'x-test-signature': signature(bytes),
            ...sent.headers,
          }),
          ...(sent.agent && { agent: sent.agent }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      request.on('error', reject);
      if (sent.chunks === undefined) {
        request.end(bytes);
      } else {
        for (const chunk of sent.chunks) request.write(chunk);
        request.end();
      }
    });
  }

  /** One character a byte, which is quicker to compare than buffers. */
  function storedBodies(): Promise<string[]> {
    return app
      .get(DataSource, { strict: false })
      .getRepository(EventEntity)
      .find({ order: { key: 'DESC' } })
      .then((events) =>
        events.map((event) => fromStoredBody(event as OpenBody).toString('latin1')),
      );
  }

  afterEach(async () => {
    await app?.close();
    logger.lines.length = 0;
  });

  const bodies: [string, Buffer, OutgoingHttpHeaders?][] = [
    ['unicode escapes', Buffer.from('{"name":"\\u00e9\\u0041"}')],
    ['1.0 and 1e2', Buffer.from('{"points":1.0,"max":1e2}')],
    ['duplicate keys and white space', Buffer.from('{ "a":1,\r\n\t"a":2 }\n')],
    ['a BOM', Buffer.from('\ufeff{"a":1}')],
    ['$& and $$', Buffer.from('{"a":"$& $$ $` $\'"}')],
    [
      'a form',
      Buffer.from('id=tr_1&a=%20+'),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['invalid UTF-8', Buffer.from([0xff, 0x00, 0xc3]), { 'content-type': 'text/plain' }],
    ['no content type', Buffer.from('{"b":1.0}'), { 'content-type': undefined }],
    [
      'another content type',
      Buffer.from('{"c":1.0}'),
      { 'content-type': 'application/vnd.api+json' },
    ],
    [
      'another charset',
      Buffer.from('{"d":"\u00e9"}', 'latin1'),
      { 'content-type': 'application/json; charset=latin1' },
    ],
    ['more than 100 kB', Buffer.from(`{"e":"${'x'.repeat(200_000)}"}`)],
  ];

  /** Posts bodies whose re-serialisation would differ, and an emoji in two chunks, and a compressed one. */
  async function expectBytesUntouched(path = '/webhooks/game', headers: OutgoingHttpHeaders = {}) {
    for (const [name, bytes, own] of bodies) {
      const reply = await send(bytes, { path, headers: { ...headers, ...own } });
      expect({ name, status: reply.status }).toEqual({ name, status: 200 });
    }
    const emoji = Buffer.from('{"text":"😀"}');
    const chunks = [emoji.subarray(0, 11), emoji.subarray(11)];
    expect((await send(emoji, { path, headers, chunks })).status).toBe(200);
    const hidden = Buffer.from('{"hidden":1.0}');
    const compressed = await send(hidden, {
      path,
      headers: { ...headers, 'content-encoding': 'gzip' },
      chunks: [gzipSync(hidden)],
    });
    expect(compressed.status).toBe(200);

    const expected = [...bodies.map(([, bytes]) => bytes), emoji, hidden];
    expect((await storedBodies()).toReversed()).toEqual(
      expected.map((bytes) => bytes.toString('latin1')),
    );
    const forged = await send('{}', {
      path,
      headers: { ...headers, 'x-test-signature': 'forged' },
    });
    expect(forged).toMatchObject({
      status: 401,
      body: '{"statusCode":401,"error":"Unauthorized"}',
    });
  }

  describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
    const create: (options?: NestApplicationOptions) => Promise<INestApplication> =
      platforms[platform];

    it.each([false, true])(
      'REQ-19 gives the URL as the framework sees it, where it trusts proxies: %s',
      async (trusts) => {
        const urls: string[] = [];
        const spying: SignatureScheme = {
          name: 'spying',
          verify: ({ url }) => {
            urls.push(url);
            return { ok: true, keyIndex: 0 };
          },
        };
        const adapter =
          platform === 'express'
            ? new ExpressAdapter(express().set('trust proxy', trusts))
            : new FastifyAdapter({ trustProxy: trusts });
        await listen(
          await NestFactory.create(HostModule.with({ game: spying }), adapter, {
            abortOnError: false,
            logger,
          }),
        );
        const path = '/webhooks/game?a=%20b';
        const forwarded = { 'x-forwarded-host': 'example.com', 'x-forwarded-proto': 'https' };
        await send('{}', { path, headers: forwarded });
        await send('{}', { path, headers: { host: 'example.com/other?b#' } });
        const own = `http://127.0.0.1:${port}`;
        expect(urls).toEqual([trusts ? `https://example.com${path}` : `${own}${path}`, path]);
      },
    );

    it('REQ-36 needs nothing of NestFactory.create()', async () => {
      await listen(await create());
      await expectBytesUntouched();
    });

    it.each<[string, NestApplicationOptions]>([
      ['rawBody: true', { rawBody: true }],
      ['bodyParser: false', { bodyParser: false }],
      ['cors: true', { cors: true }],
    ])('REQ-36 works with %s', async (_name, options) => {
      await listen(await create(options));
      await expectBytesUntouched();
    });

    it('REQ-36 works with a body parser of the host', async () => {
      const created = await create({ bodyParser: false });
      if (platform === 'express') created.use(express.json(), express.text({ type: '*/*' }));
      else (created as NestFastifyApplication).useBodyParser('*', { bodyLimit: 5 });
      await listen(created);
      await expectBytesUntouched();
    });

    it('REQ-36 REQ-38 works with useBodyParser() and a smaller limit', async () => {
      const created = await create();
      if (platform === 'express') {
        (created as NestExpressApplication).useBodyParser('json', { limit: 5 });
      } else {
        (created as NestFastifyApplication).useBodyParser('application/json', { bodyLimit: 5 });
      }
      await listen(created);
      await expectBytesUntouched();
      expect((await send('{"a":12345}', { path: '/echo' })).status).toBe(413);
    });

    it('REQ-36 is below the global prefix', async () => {
      await listen((await create()).setGlobalPrefix('api/v1'));
      await expectBytesUntouched('/api/v1/webhooks/game');
      expect((await send('{}')).status).toBe(404);
    });

    it('REQ-36 is not, where the host excludes it', async () => {
      const created = await create();
      await listen(created.setGlobalPrefix('api', { exclude: ['webhooks/:source'] }));
      await expectBytesUntouched();
      expect((await send('{}', { path: '/api/webhooks/game' })).status).toBe(404);
    });

    it.each([
      [{ type: VersioningType.URI, defaultVersion: '1' } as const, {}],
      [{ type: VersioningType.HEADER, header: 'x-version' } as const, { 'x-version': '2' }],
      [{ type: VersioningType.MEDIA_TYPE, key: 'v=' } as const, { accept: 'application/json;v=3' }],
    ])('REQ-36 has no version %#', async (versioning, headers) => {
      await listen((await create()).enableVersioning(versioning));
      await expectBytesUntouched('/webhooks/game', headers);
    });

    it('REQ-36 REQ-50 is out of reach of global guards, pipes, interceptors and filters', async () => {
      const caught: unknown[] = [];
      @Catch()
      class CatchEverything {
        catch(error: unknown, host: ArgumentsHost): void {
          caught.push(error);
          const response = host
            .switchToHttp()
            .getResponse<{ status(code: number): { send(): void } }>();
          response.status(418).send();
        }
      }
      const created = await create();
      created.useGlobalGuards({
        canActivate: () => {
          throw new UnauthorizedException();
        },
      });
      created.useGlobalPipes({ transform: () => ({}) });
      created.useGlobalInterceptors({
        intercept: () => {
          throw new Error('intercepted');
        },
      });
      created.useGlobalFilters(new CatchEverything());
      await listen(created);
      await expectBytesUntouched();
      expect(caught).toEqual([]);
      expect((await send('{}', { path: '/echo' })).status).toBe(418);
    });

    it('answers in one line of JSON', async () => {
      await listen(await create());
      const reply = await send('{}', { path: '/webhooks/game/?a=b' });
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(reply.body.length),
        'cache-control': 'no-store',
      });
      expect(JSON.parse(reply.body)).toMatchObject({ status: 'ignored' });
    });

    it.each(['/webhooks/nobody', '/webhooks/__proto__', '/webhooks/Game', '/webhooks/a%2Fb'])(
      'answers 404 at %s',
      async (path) => {
        await listen(await create());
        const reply = await send('{}', { path });
        expect(reply).toMatchObject({
          status: 404,
          body: '{"statusCode":404,"error":"Not Found"}',
        });
        expect(logger.lines).toHaveLength(1);
      },
    );

    it('decodes the name of the source', async () => {
      await listen(await create());
      expect((await send('{}', { path: '/webhooks/%67ame' })).status).toBe(200);
      expect((await send('{}', { path: '/webhooks/%zz' })).status).toBe(
        platform === 'express' ? 404 : 400,
      );
    });

    it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
      'answers 405 to %s',
      async (method) => {
        await listen(await create());
        const reply = await send('{}', { method, headers: { 'content-length': 2 } });
        expect(reply.status).toBe(405);
        expect(reply.headers['allow']).toBe('POST');
        expect(logger.lines).toEqual([
          "warn: Refused a request to source 'game' with 405: the method is not POST",
        ]);
      },
    );

    it('leaves preflights to the host', async () => {
      await listen(await create({ cors: true }));
      const reply = await send('', {
        method: 'OPTIONS',
        headers: { origin: 'http://a', 'access-control-request-method': 'POST' },
      });
      expect(reply.status).toBe(204);
      expect(reply.headers['access-control-allow-origin']).toBe('*');
    });

    it('lets everything else pass to the host, parsed as ever', async () => {
      await listen(await create());
      const echoed = await send('{"a":1.0}', { path: '/echo' });
      expect(echoed.body).toBe('{"parsed":{"a":1}}');
      expect((await send('', { method: 'GET', path: '/webhooks' })).body).toBe(
        'the list of the host',
      );
      expect((await send('', { method: 'GET', path: '/webhooks/game/status' })).body).toBe(
        'the status of the host',
      );
      for (const path of ['/webhooks/', '/webhooks//', '/webhooks/a/b', '//webhooks/game']) {
        expect({ path, status: (await send('{}', { path })).status }).toEqual({
          path,
          status: 404,
        });
      }
      expect(logger.lines).toEqual([]);
    });

    it('REQ-38 gives a client that sends too much its answer, and keeps the connection', async () => {
      await listen(await create());
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const chunks = Array.from({ length: 8 }, () => Buffer.alloc(MIB));
      expect(await send('', { chunks, agent })).toMatchObject({
        status: 413,
        body: '{"statusCode":413,"error":"Payload Too Large"}',
      });
      expect((await send(Buffer.alloc(8 * MIB), { agent })).status).toBe(413);
      expect((await send('{}', { agent })).status).toBe(200);
      agent.destroy();
    });

    it('REQ-38 answers before a client has sent everything', async () => {
      await listen(await create());
      const socket = connect(port, '127.0.0.1');
      socket.write(
        'POST /webhooks/game HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
          `${(MIB + 1).toString(16)}\r\n`,
      );
      socket.write(Buffer.alloc(MIB + 1));
      const [answered] = await new Promise<Buffer[]>((resolve) =>
        socket.once('data', (data: Buffer) => resolve([data])),
      );
      expect(answered?.toString()).toContain('413 Payload Too Large');
      socket.destroy();
    });

    it('survives a client that goes away half-way', async () => {
      await listen(await create());
      const socket = connect(port, '127.0.0.1');
      socket.write(
        'POST /webhooks/game HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"half":',
      );
      const gone = new Promise((resolve) => {
        app.getHttpServer().once('request', (request: NodeJS.EventEmitter) => {
          request.once('close', resolve);
          socket.destroy();
        });
      });
      await gone;
      expect((await send('{}')).status).toBe(200);
      expect(await storedBodies()).toEqual(['{}']);
      expect(logger.lines).toEqual([]);
    });

    it('works in an application of Test.createTestingModule()', async () => {
      const module = await Test.createTestingModule({
        imports: [HostModule.with({ game: signed })],
      })
        .setLogger(logger)
        .compile();
      await listen(
        platform === 'express'
          ? module.createNestApplication()
          : module.createNestApplication(new FastifyAdapter()),
      );
      await expectBytesUntouched();
    });
  });

  describe('on express alone', () => {
    it('REQ-35 refuses to start behind a body parser of an application that Nest was given', async () => {
      for (const parser of [express.json(), express.urlencoded(), express.raw(), express.text()]) {
        const created = await NestFactory.create(
          HostModule.with({ game: signed }),
          new ExpressAdapter(express().use(parser)),
          { abortOnError: false, logger },
        );
        await expect(created.init()).rejects.toThrow(`has a body parser (${parser.name}) already`);
      }
    });

    it('starts where that parser leaves its path out', async () => {
      const given = express().use('/echo', express.json());
      await listen(
        await NestFactory.create(HostModule.with({ game: signed }), new ExpressAdapter(given), {
          abortOnError: false,
          logger,
        }),
      );
      await expectBytesUntouched();
    });

    it('REQ-35 answers 500 at once where a router hides the parser, and says the cure', async () => {
      const given = express().use(express.Router().use(express.json()));
      await listen(
        await NestFactory.create(HostModule.with({ game: signed }), new ExpressAdapter(given), {
          abortOnError: false,
          logger,
        }),
      );
      expect(await send('{"a":1.0}')).toMatchObject({
        status: 500,
        body: '{"statusCode":500,"error":"Internal Server Error"}',
      });
      expect(logger.lines[0]).toContain('something else has read the body');
      // What that parser does not want is still there to be read.
      expect((await send('a', { headers: { 'content-type': 'text/plain' } })).status).toBe(200);
    });

    it('takes the bytes that such a parser has kept', async () => {
      const keep = express.json({
        verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
      });
      const given = express().use(express.Router().use(keep));
      await listen(
        await NestFactory.create(HostModule.with({ game: signed }), new ExpressAdapter(given), {
          abortOnError: false,
          logger,
        }),
      );
      expect((await send('{"a":1.0}')).status).toBe(200);
    });

    it('REQ-19 shows a scheme the whole path below another Express application', async () => {
      const urls: string[] = [];
      const spying: SignatureScheme = {
        ...signed,
        verify: ({ url }) => {
          urls.push(url);
          return { ok: true, keyIndex: 0 };
        },
      };
      const inner = new ExpressAdapter();
      const created = await NestFactory.create(HostModule.with({ game: spying }), inner, {
        abortOnError: false,
        logger,
      });
      await created.init();
      app = created;
      const outer = express().use('/base', inner.getInstance() as express.Application);
      const server = outer.listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      port = (server.address() as AddressInfo).port;
      expect((await send('{}', { path: '/base/webhooks/game?a=1' })).status).toBe(200);
      expect(urls).toEqual([`http://127.0.0.1:${port}/base/webhooks/game?a=1`]);
      await new Promise((resolve) => server.close(resolve));
    });
  });

  describe('on fastify alone', () => {
    it('REQ-36 REQ-38 has nothing to do with the body limit of the instance', async () => {
      await listen(await platforms.fastify({}, new FastifyAdapter({ bodyLimit: 1 })));
      await expectBytesUntouched();
      expect((await send('{"a":1}', { path: '/echo' })).status).toBe(413);
    });

    it('REQ-36 is before content type parsers and preParsing hooks', async () => {
      const created = await platforms.fastify();
      const instance = created.getHttpAdapter().getInstance();
      instance.removeAllContentTypeParsers();
      instance.addHook('preParsing', (_request, _reply, _payload, done) =>
        done(new Error('preParsing')),
      );
      await listen(created);
      await expectBytesUntouched();
    });

    it.each([
      { ignoreTrailingSlash: true },
      { routerOptions: { ignoreTrailingSlash: true } },
      { routerOptions: { ignoreDuplicateSlashes: true } },
    ])('takes a slash at the end with %j', async (options) => {
      await listen(await platforms.fastify({}, new FastifyAdapter(options)));
      expect((await send('{}', { path: '/webhooks/game/' })).status).toBe(200);
      expect((await send('{}', { path: '/webhooks/game' })).status).toBe(200);
    });

    it('refuses to start beside a route of the host with the same shape', async () => {
      @Controller('webhooks')
      class Clash {
        @Post(':id')
        post(): void {}
      }
      @Module({ imports: [HostModule.with({ game: signed })], controllers: [Clash] })
      class ClashModule {}
      const created = await NestFactory.create(ClashModule, new FastifyAdapter(), {
        abortOnError: false,
        logger,
      });
      await expect(created.init()).rejects.toMatchObject({
        code: 'CONFIGURATION',
        option: 'sources.game',
      });
    });
  });

  describe('elsewhere', () => {
    it('mounts nothing in an application context', async () => {
      const context = await NestFactory.createApplicationContext(
        HostModule.with({ game: signed }),
        {
          abortOnError: false,
          logger,
        },
      );
      expect(context.get(ReceiverMount, { strict: false })).toBeInstanceOf(ReceiverMount);
      await context.close();
    });

    it('mounts nothing where there are no sources', async () => {
      await listen(await NestFactory.create(HostModule.with({}), { abortOnError: false, logger }));
      expect((await send('{}')).body).toContain('Cannot POST');
      expect(logger.lines).toEqual([]);
    });

    it('refuses to start on another platform', async () => {
      class OtherAdapter extends ExpressAdapter {
        override getType(): string {
          return 'koa';
        }
      }
      const adapter: AbstractHttpAdapter = new OtherAdapter();
      const created = await NestFactory.create(HostModule.with({ game: signed }), adapter, {
        abortOnError: false,
        logger,
      });
      await expect(created.init()).rejects.toThrow("on the HTTP platform 'koa'");
    });
  });
});
