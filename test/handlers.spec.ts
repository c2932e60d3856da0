import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Post,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { LazyModuleLoader, REQUEST } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { z } from 'zod';
import { EventData } from '../lib/dispatch/event-data.decorator.js';
import type {
  HandlerContext,
  TransactionalHandlerContext,
} from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { WebhookController } from '../lib/dispatch/webhook-controller.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Discard } from '../lib/retry/discard.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';

/** What ran, in its order. */
const calls: string[] = [];

@Entity({ name: 'effect' })
class Effect {
  @PrimaryColumn('varchar') id!: string;
  @Column('integer') attempt!: number;
}

class DoublePipe implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'object' && value !== null && 'n' in value
      ? { n: Number(value.n) * 2 }
      : value;
  }
}

class SourceGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    calls.push(`guard:${context.getType()}`);
    return context.getArgByIndex<WebhookEvent<{ allowed: boolean }>>(0).data.allowed;
  }
}

class NoteInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    calls.push('before');
    return next.handle().pipe(
      map((value: unknown) => {
        calls.push('after');
        return value;
      }),
    );
  }
}

@Catch()
class VerdictFilter implements ExceptionFilter {
  catch(error: Error): unknown {
    calls.push(`filter:${error.message}`);
    return error.message === 'hopeless' ? new Discard('the filter gave it up') : { handled: true };
  }
}

class GloballyCaught extends Error {}

@Catch(GloballyCaught)
class GlobalFilter implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): unknown {
    calls.push(`global filter:${host.getType()}:${host.getArgByIndex<WebhookEvent>(0).type}`);
    return new Discard(error.message);
  }
}

@Injectable()
class Handlers {
  fail = 0;

  constructor(private readonly notifications: NotificationService) {}

  @OnWebhook('order.*')
  one(event: WebhookEvent): void {
    calls.push(`one:${event.type}`);
  }

  @OnWebhook(['order.**', 'refund'])
  several(event: WebhookEvent): void {
    calls.push(`several:${event.type}`);
    if (this.fail > 0) {
      this.fail--;
      throw new Error('several failed');
    }
  }

  @OnWebhook('piped')
  @UsePipes(DoublePipe)
  piped(@EventData() data: { n: number }): void {
    calls.push(`piped:${data.n}`);
  }

  @OnWebhook('guarded')
  @UseGuards(SourceGuard)
  @UseInterceptors(NoteInterceptor)
  guarded(): void {
    calls.push('guarded');
  }

  @OnWebhook('filtered')
  @UseFilters(VerdictFilter)
  filtered(event: WebhookEvent<{ error: string }>): void {
    throw new Error(event.data.error);
  }

  @OnWebhook('globally-filtered')
  globallyFiltered(): never {
    throw new GloballyCaught('the global filter gave it up');
  }

  @OnWebhook('unstorable')
  unstorable(event: WebhookEvent<{ text: string }>, { attempt }: HandlerContext): void {
    calls.push(`unstorable:${JSON.stringify(event.data.text)}`);
    if (attempt === 1) throw new Error(`${event.data.text}${'😀'.repeat(2_000)}`);
  }

  @OnWebhook('query', { transactional: true })
  async query(
    event: WebhookEvent<{ text: string }>,
    { manager }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.query(`SELECT * FROM no_such_table WHERE text = '${event.data.text}'`);
  }

  @OnWebhook('verdict')
  verdict(event: WebhookEvent<{ say: string }>, { attempt, maxAttempts }: HandlerContext): unknown {
    calls.push(`verdict:${attempt}/${maxAttempts}`);
    const isFirst = calls.filter((call) => call.startsWith('verdict')).length === 1;
    if (event.data.say === 'later' && isFirst) return new RetryLater(1_000);
    if (event.data.say === 'never') return new Discard('not wanted');
    return undefined;
  }

  @OnWebhook('transaction', { transactional: true })
  async transactional(
    event: WebhookEvent<{ fail: boolean }>,
    { manager, attempt }: TransactionalHandlerContext,
  ): Promise<void> {
    await manager.insert(Effect, { id: event.id, attempt });
    // Without a manager: it joins the transaction all the same.
    await this.notifications.notify(httpPost({ url: 'http://127.0.0.1:9/none', json: {} }), {
      key: event.id,
    });
    if (event.data.fail && attempt === 1) throw new Error('after the write');
  }

  @OnWebhook('slow', { timeoutMs: 5_000 })
  async slow(_event: WebhookEvent, { signal, attempt }: HandlerContext): Promise<void> {
    if (attempt > 1) return;
    calls.push('slow');
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        calls.push('aborted');
        resolve();
      });
    });
  }

  @OnWebhook('thrown')
  // oxlint-disable-next-line no-throw-literal
  thrown(): never {
    throw undefined;
  }

  @OnWebhook('schema', { schema: z.object({ n: z.coerce.number() }) })
  schema(event: WebhookEvent<{ n: number }>): void {
    calls.push(`schema:${event.data.n + 1}`);
    if (this.fail > 0) {
      this.fail--;
      throw new Error('schema failed');
    }
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerEvent {
  private readonly id = Math.random();

  constructor(@Inject(REQUEST) private readonly event: WebhookEvent) {}

  @OnWebhook('scoped')
  handle(event: WebhookEvent): void {
    calls.push(`scoped:${this.event.id === event.id}:${this.id}`);
  }
}

@WebhookController('shop')
class OfShop {
  @OnWebhook('only')
  only(event: WebhookEvent): void {
    calls.push(`shop:${event.source}`);
  }
}

@Controller('mixed')
class MixedController {
  @Post()
  create(@Body() body: unknown): unknown {
    return body;
  }

  @OnWebhook('controller')
  onWebhook(event: WebhookEvent): void {
    calls.push(`controller:${event.type}`);
  }
}

@Injectable()
class Hidden {
  @OnWebhook('hidden')
  handle(): void {
    calls.push('hidden');
  }
}

@Module({ providers: [Hidden] })
class HiddenModule {}

@Injectable()
class Lazy {
  @OnWebhook('lazy')
  handle(): void {
    calls.push('lazy');
  }
}

@Module({ providers: [Lazy] })
class LazyModule {}

describeOnDatabases('Handlers', (kind) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let app: TestApp;

  beforeAll(async () => {
    database = await kind.create();
    clock = new FakeClock();
    const facts = { id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' } as const;
    app = await startApp({
      database,
      options: {
        clock,
        sending: LOCAL_RECEIVERS,
        sources: { game: unsigned(facts), shop: unsigned(facts) },
      },
      entities: [Effect],
      prepare: (created) => created.useGlobalFilters(new GlobalFilter()),
      host: {
        imports: [HiddenModule],
        providers: [Handlers, PerEvent, OfShop],
        controllers: [MixedController],
      },
    });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  beforeEach(() => {
    calls.length = 0;
    app.app.get(Handlers).fail = 0;
    app.logger.clear();
  });

  let count = 0;
  const send = async (type: string, data: unknown = {}, source = 'game'): Promise<string> => {
    const id = `event-${++count}`;
    const body = JSON.stringify({ id, type, data });
    const answer = await app.post(`/webhooks/${source}`, body, {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
    await app.drain();
    return id;
  };

  const keyOf = async (id: string): Promise<string> =>
    (await app.app.get(InboxService).list({ id })).items[0]!.key;
  const jobsOf = async (id: string) => app.app.get(QueueService).list({ ref: await keyOf(id) });

  it('get the events whose type they want', async () => {
    await send('order.paid');
    expect(calls.toSorted()).toEqual(['one:order.paid', 'several:order.paid']);
    calls.length = 0;
    await send('order.item.added');
    await send('refund');
    expect(calls).toEqual(['several:order.item.added', 'several:refund']);
  });

  it('REQ-34 REQ-68 are retried each alone', async () => {
    app.app.get(Handlers).fail = 1;
    const id = await send('order.paid');
    expect((await jobsOf(id)).items.map(({ state }) => state).toSorted()).toEqual([
      'completed',
      'retryable',
    ]);
    clock.advance(60_000);
    await app.drain();
    expect(calls.filter((call) => call.startsWith('one'))).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('several'))).toHaveLength(2);
    expect((await jobsOf(id)).items.map(({ state }) => state)).toEqual(['completed', 'completed']);
  });

  it('REQ-55 go on after one of them has failed', async () => {
    app.app.get(Handlers).fail = 1;
    await send('refund');
    await send('refund');
    expect(calls).toEqual(['several:refund', 'several:refund']);
    clock.advance(60_000);
    await app.drain();
  });

  it('REQ-28 run again for an event that failed, and the same request again is no hindrance', async () => {
    app.app.get(Handlers).fail = 2;
    const id = await send('refund');
    const again = async (): Promise<string> => {
      const body = JSON.stringify({ id, type: 'refund', data: {} });
      const answer = await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
      expect(answer.status).toBe(200);
      await app.drain();
      return (JSON.parse(answer.body) as { status: string }).status;
    };
    // The one job is due later. That the sender repeats itself neither ends nor doubles it.
    expect(await again()).toBe('duplicate');
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'retryable', attempt: 1 }]);
    clock.advance(60_000);
    expect(await again()).toBe('duplicate');
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'retryable', attempt: 2 }]);
    clock.advance(120_000);
    await app.drain();
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'completed', attempt: 3 }]);
    expect(await again()).toBe('duplicate');
    expect(calls).toEqual(['several:refund', 'several:refund', 'several:refund']);
  });

  it('REQ-40 lose no event to text that a database refuses, in its data or in their errors', async () => {
    const text = 'NUL \u0000, a lone \ud800 and a \u0007';
    const id = await send('unstorable', { text });
    const [job] = (await jobsOf(id)).items;
    expect(job).toMatchObject({ state: 'retryable' });
    expect(job!.lastError).toMatch(/^Error: NUL  , a lone \ufffd and a  (😀)+\ufffd?$/u);
    clock.advance(60_000);
    await app.drain();
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'completed' }]);
    expect(calls).toEqual(Array.from({ length: 2 }, () => `unstorable:${JSON.stringify(text)}`));
  });

  it('REQ-28 leave an event that failed retryable by hand', async () => {
    app.app.get(Handlers).fail = 100;
    const id = await send('refund');
    for (let attempt = 1; attempt < 12; attempt++) {
      clock.advance(2 * 86_400_000);
      await app.drain();
    }
    expect((await jobsOf(id)).items).toMatchObject([
      { state: 'discarded', attempt: 12, lastError: 'Error: several failed' },
    ]);
    expect(app.logger.of('error', 'JobWorker')).toEqual([
      expect.stringMatching(/Handlers.several.*event-\d+.*discarded/),
    ]);
    app.app.get(Handlers).fail = 0;
    expect(await app.app.get(InboxService).retry(await keyOf(id))).toBe(1);
    await app.drain();
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'completed' }]);
  });

  it('get an event again that is replayed', async () => {
    const id = await send('order.paid');
    calls.length = 0;
    expect(await app.app.get(InboxService).replay(await keyOf(id))).toBe(2);
    await app.drain();
    expect(calls.toSorted()).toEqual(['one:order.paid', 'several:order.paid']);
  });

  it('decide by what they return', async () => {
    const later = await send('verdict', { say: 'later' });
    expect((await jobsOf(later)).items).toMatchObject([
      { state: 'retryable', attempt: 0, maxAttempts: 12 },
    ]);
    clock.advance(1_000);
    await app.drain();
    expect((await jobsOf(later)).items).toMatchObject([{ state: 'completed' }]);
    const never = await send('verdict', { say: 'never' });
    expect((await jobsOf(never)).items).toMatchObject([
      { state: 'discarded', lastError: 'not wanted' },
    ]);
    expect(calls).toEqual(['verdict:1/12', 'verdict:1/12', 'verdict:1/12']);
  });

  it('commit what a transactional one wrote together with its completion, or none of it', async () => {
    const id = await send('transaction', { fail: true });
    const effects = () => app.dataSource().getRepository(Effect).findBy({ id });
    const notified = async () =>
      (await app.app.get(NotificationService).list({ key: id })).items.length;
    expect(await effects()).toEqual([]);
    expect(await notified()).toBe(0);
    clock.advance(60_000);
    await app.drain();
    expect(await effects()).toEqual([{ id, attempt: 2 }]);
    expect(await notified()).toBe(1);
    expect((await jobsOf(id)).items).toMatchObject([{ state: 'completed' }]);
  });

  it('are told by their signal when their time is over', async () => {
    const body = JSON.stringify({ id: 'slow-1', type: 'slow' });
    await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
    await new Promise(setImmediate);
    clock.advance(5_000);
    await app.drain();
    expect(calls).toEqual(['slow', 'aborted']);
    expect((await jobsOf('slow-1')).items).toMatchObject([
      { state: 'retryable', lastError: expect.stringContaining('time-out') as unknown },
    ]);
  });

  it('may throw anything', async () => {
    const id = await send('thrown');
    expect((await jobsOf(id)).items).toMatchObject([
      { state: 'retryable', lastError: 'a thrown undefined' },
    ]);
  });

  it('run within guards and interceptors of the type webhook', async () => {
    await send('guarded', { allowed: true });
    expect(calls).toEqual(['guard:webhook', 'before', 'guarded', 'after']);
    const refused = await send('guarded', { allowed: false });
    expect((await jobsOf(refused)).items).toMatchObject([
      { state: 'retryable', lastError: expect.stringContaining('Forbidden') as unknown },
    ]);
  });

  it('get their parameters through pipes', async () => {
    await send('piped', { n: 21 });
    expect(calls).toEqual(['piped:42']);
  });

  it('REQ-50 do not pass for successful because a filter swallowed the error', async () => {
    const swallowed = await send('filtered', { error: 'boom' });
    expect((await jobsOf(swallowed)).items).toMatchObject([
      { state: 'retryable', lastError: 'Error: boom' },
    ]);
    const discarded = await send('filtered', { error: 'hopeless' });
    expect((await jobsOf(discarded)).items).toMatchObject([
      { state: 'discarded', lastError: 'the filter gave it up' },
    ]);
    expect(calls).toEqual(['filter:boom', 'filter:hopeless']);
  });

  it('REQ-50 meet the global filters of the application', async () => {
    const id = await send('globally-filtered');
    expect(calls).toEqual(['global filter:webhook:globally-filtered']);
    expect((await jobsOf(id)).items).toMatchObject([
      { state: 'discarded', lastError: 'the global filter gave it up' },
    ]);
  });

  it('REQ-43 have one line for a failed attempt, without what hangs on the error', async () => {
    const id = await send('query', { text: 'SECRET-PAYLOAD' });
    expect((await jobsOf(id)).items).toMatchObject([
      { state: 'retryable', lastError: expect.stringContaining('no_such_table') as unknown },
    ]);
    expect(app.logger.of('error')).toEqual([]);
    expect(app.logger.of('warn')).toHaveLength(1);
    expect(app.logger.text).not.toContain('SECRET-PAYLOAD');
  });

  it("get their schema's output, also when they are retried from the stored bytes", async () => {
    app.app.get(Handlers).fail = 1;
    await send('schema', { n: '41' });
    clock.advance(60_000);
    await app.drain();
    expect(calls.filter((call) => call.startsWith('schema'))).toEqual(['schema:42', 'schema:42']);
  });

  it('REQ-51 are found in request-scoped classes, each event with an instance of its own', async () => {
    await send('scoped');
    await send('scoped');
    expect(calls.map((call) => call.split(':').slice(0, 2).join(':'))).toEqual([
      'scoped:true',
      'scoped:true',
    ]);
    expect(new Set(calls).size).toBe(2);
  });

  it('REQ-51 are found on controllers, in modules that export nothing, and in modules loaded lazily', async () => {
    await send('controller');
    await send('hidden');
    await send('lazy');
    expect(calls).toEqual(['controller:controller', 'hidden']);
    await app.app.get(LazyModuleLoader).load(() => LazyModule);
    await send('lazy');
    expect(calls).toEqual(['controller:controller', 'hidden', 'lazy']);
  });

  it('get the events of the source that their class names', async () => {
    await send('only', {}, 'game');
    await send('only', {}, 'shop');
    expect(calls).toEqual(['shop:shop']);
  });
});
