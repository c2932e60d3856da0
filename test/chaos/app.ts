// The application that is killed, starved and misled. Its handlers write each step to standard output before
// they go on, one line each; the output survives the process.
import 'reflect-metadata';
import { ConsoleLogger, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailerModule } from '@nestjs-modules/mailer';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  OnWebhook,
  RetryLater,
  standardWebhooks,
  WebhookModule,
  type HandlerContext,
  type ProcessRole,
  type QueueOptions,
  type TransactionalHandlerContext,
  type WebhookEvent,
} from '../../lib/index.js';
import { GAME_SECRET } from '../support/game.js';
import { EffectEntity } from './effect.entity.js';
import { LaneHandlers } from './lane.handlers.js';
import { MailHandlers } from './mail.handlers.js';
import { RuleHandlers } from './rule.handlers.js';
import { StormHandlers } from './storm.handlers.js';
import { TellingChannel, TimedHandlers } from './timed.handlers.js';
import { TimingEntity } from './timing.entity.js';
import { TimingHandlers } from './timing.handlers.js';
import { WalkEntity } from './walk.entity.js';
import { WalkHandlers } from './walk.handlers.js';

interface Settings {
  readonly database: TypeOrmModuleOptions & { readonly maxPageCount?: number };
  readonly queue: QueueOptions;
  readonly roles?: readonly ProcessRole[];
  /** Longest time that a `work` handler takes, in milliseconds. */
  readonly workMs: number;
  /** Whether the faulty handlers misbehave in this process. */
  readonly faulty: boolean;
  /** URL of the server that takes its mails, if it sends any. */
  readonly mailServer?: string;
}

/** Long enough for another process to take over a job with a lease of a second. */
const BLOCK_MS = 3_000;

const { database, queue, roles, workMs, faulty, mailServer } = JSON.parse(
  process.env['CHAOS_SETTINGS'] ?? '{}',
) as Settings;

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const tellStarted = ({ id }: WebhookEvent, { attempt }: HandlerContext): void =>
  tell(`started ${id} ${attempt}`);
const tellHandled = ({ id }: WebhookEvent, { attempt }: HandlerContext): void =>
  tell(`handled ${id} ${attempt}`);
const write = ({ id }: WebhookEvent, { manager, attempt }: TransactionalHandlerContext) =>
  manager.insert(EffectEntity, { eventId: id, attempt });

@Injectable()
class WorkHandlers {
  @OnWebhook('work', { name: 'work' })
  async work(event: WebhookEvent, context: HandlerContext): Promise<void> {
    tellStarted(event, context);
    if (workMs > 0) await wait(Math.random() * workMs);
    tellHandled(event, context);
  }

  @OnWebhook('work', { name: 'effect', transactional: true })
  async effect(event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    await write(event, context);
  }
}

const hostileObject = {
  get message(): never {
    throw new Error('message');
  },
  get name(): never {
    throw new Error('name');
  },
};
const hostileError = new Error('hidden');
// The stack is built from name and message on its first read: read it now, while they are readable.
void hostileError.stack;
Object.defineProperties(hostileError, {
  message: { get: () => hostileObject.message },
  name: { get: () => hostileObject.name },
});
const hostileProxy = new Proxy(
  {},
  {
    get: () => hostileObject.message,
    getPrototypeOf: () => hostileObject.message,
  },
);

/** Values that a careless handler may throw. */
const THROWN: Readonly<Record<string, unknown>> = {
  null: null,
  undefined: undefined,
  string: 'a string',
  symbol: Symbol('a symbol'),
  bigint: 1n,
  function: () => undefined,
  'nameless-object': Object.create(null),
  'odd-error': Object.assign(new Error('odd'), { message: Symbol('text'), name: { no: 'text' } }),
  'hostile-object': hostileObject,
  'hostile-error': hostileError,
  'hostile-proxy': hostileProxy,
};

@Injectable()
class FaultyHandlers {
  @OnWebhook('throw', { name: 'throw' })
  throw(event: WebhookEvent<{ what: string }>, context: HandlerContext): void {
    tellStarted(event, context);
    if (context.attempt === 1) throw THROWN[event.data.what];
    tellHandled(event, context);
  }

  /** The first attempt ends long after its time is over, in a way that its event says. */
  @OnWebhook('late', { name: 'late', timeoutMs: 300 })
  async late(event: WebhookEvent<{ how: string }>, context: HandlerContext): Promise<void> {
    tellStarted(event, context);
    if (context.attempt === 1) {
      if (event.data.how === 'never') await new Promise(() => undefined);
      await wait(2_000);
      tell(`late ${event.id}`);
      if (event.data.how === 'throws') throw new Error('too late to fail');
    }
    tellHandled(event, context);
  }

  @OnWebhook('late-effect', { name: 'late-effect', timeoutMs: 300, transactional: true })
  async lateEffect(
    event: WebhookEvent<{ how: string }>,
    context: TransactionalHandlerContext,
  ): Promise<void> {
    tellStarted(event, context);
    await write(event, context);
    if (context.attempt === 1) {
      if (event.data.how === 'never') await new Promise(() => undefined);
      await wait(2_000);
      tell(`late ${event.id}`);
      if (event.data.how === 'writes') await write(event, context);
    }
    tellHandled(event, context);
  }

  /** Takes several leases' time, without keeping the process from renewing them. */
  @OnWebhook('slow', { name: 'slow' })
  async slow(event: WebhookEvent, context: HandlerContext): Promise<void> {
    tellStarted(event, context);
    await wait(BLOCK_MS);
    tellHandled(event, context);
  }

  /** Blocks the whole process, so that it cannot renew its leases either. */
  @OnWebhook('block', { name: 'block' })
  block(event: WebhookEvent, context: HandlerContext): void {
    tellStarted(event, context);
    if (faulty) blockTheEventLoop();
    tellHandled(event, context);
  }

  @OnWebhook('block-effect', { name: 'block-effect', transactional: true })
  async blockEffect(event: WebhookEvent, context: TransactionalHandlerContext): Promise<void> {
    tellStarted(event, context);
    await write(event, context);
    if (faulty) blockTheEventLoop();
    tellHandled(event, context);
  }

  /** A postponed attempt does not count: its number is the same the next time. */
  private readonly postponedOnce = new Set<string>();

  @OnWebhook('postponed', { name: 'postponed' })
  postponed(event: WebhookEvent, context: HandlerContext): RetryLater | undefined {
    tellStarted(event, context);
    if (!this.postponedOnce.has(event.id)) {
      this.postponedOnce.add(event.id);
      return new RetryLater(500, 'not yet');
    }
    tellHandled(event, context);
    return undefined;
  }
}

function blockTheEventLoop(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
}

/** If no small disk can be mounted, a limit on the database's pages replaces it. */
function limitPages(limit: number): { prepareDatabase: (connection: Connection) => void } {
  return {
    prepareDatabase: (connection) => {
      connection.pragma(`max_page_count = ${limit}`);
      process.on('SIGUSR2', () => connection.pragma('max_page_count = 1000000'));
    },
  };
}

interface Connection {
  pragma(text: string): unknown;
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      ...database,
      ...(database.maxPageCount === undefined ? {} : limitPages(database.maxPageCount)),
      // The schema exists already: processes that start together must not create it twice.
      synchronize: false,
    } as TypeOrmModuleOptions),
    TypeOrmModule.forFeature([EffectEntity, TimingEntity, WalkEntity]),
    ...(mailServer === undefined
      ? []
      : [MailerModule.forRoot({ transport: mailServer, defaults: { from: 'chaos@example.com' } })]),
    WebhookModule.forRoot({
      // A machine with a wrong clock must accept correct timestamps.
      sources: { game: standardWebhooks({ secret: GAME_SECRET, toleranceSeconds: 3_600 }) },
      queue,
      ...(roles && { roles }),
      notifications: { channels: [TellingChannel] },
    }),
  ],
  providers: [
    WorkHandlers,
    FaultyHandlers,
    StormHandlers,
    TimedHandlers,
    RuleHandlers,
    TellingChannel,
    MailHandlers,
    LaneHandlers,
    TimingHandlers,
    WalkHandlers,
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, {
  logger: new ConsoleLogger({ logLevels: ['fatal', 'error', 'warn'], colors: false }),
});
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
await app.listen(0, '127.0.0.1');
tell(`listening ${await app.getUrl()} ${Date.now()}`);
