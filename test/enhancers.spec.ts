import {
  BadRequestException,
  Catch,
  ClassSerializerInterceptor,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentMetadata,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type PipeTransform,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { catchError, filter, map, of, retry, throwError, timeout, type Observable } from 'rxjs';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { EventData } from '../lib/dispatch/event-data.decorator.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Discard } from '../lib/retry/discard.js';
import type { JobView } from '../lib/queue/job.view.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { RuleService } from '../lib/rules/rule.service.js';
import type { RuleMatch, RuleResult } from '../lib/rules/rule.options.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { ADAPTERS, startApp, type AdapterName, type TestApp } from './support/application.js';
import { DATABASES, describeOnDatabases, type TestDatabase } from './support/databases.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';

const sources = {
  game: unsigned({ id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' }),
};

/** What ran, in its order. */
const calls: string[] = [];

@Entity({ name: 'effect' })
class Effect {
  @PrimaryColumn('varchar') id!: string;
  @Column('integer') attempt!: number;
}

class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

class Reading implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: { rows: unknown[] }) => data.rows.length));
  }
}

class Swallowing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError(() => of(null)));
  }
}

class Translating implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((value: unknown) => (value === 'too many' ? new RetryLater(1_000, 'translated') : value)),
      catchError((error: Error) =>
        error.message === 'hopeless'
          ? of(new Discard('translated'))
          : throwError(() => new Error(`translated: ${error.message}`)),
      ),
    );
  }
}

class Repeating implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(1));
  }
}

class Hasty implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout({ each: 1, with: () => of('too late') }));
  }
}

class Cached implements NestInterceptor {
  intercept(_context: ExecutionContext, _next: CallHandler): Observable<unknown> {
    calls.push('from the cache');
    return of('as last time');
  }
}

class Mute implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(filter(() => false));
  }
}

@Injectable()
class Handlers {
  @OnWebhook('verdict')
  verdict(event: WebhookEvent<{ say: string; throws: boolean }>): unknown {
    return say(event.data);
  }

  @OnWebhook('transactional', { transactional: true })
  async transactional(
    event: WebhookEvent<{ say: string; throws: boolean }>,
    { manager, attempt }: TransactionalHandlerContext,
  ): Promise<unknown> {
    await manager.insert(Effect, { id: event.id, attempt });
    return say(event.data);
  }

  @OnWebhook('swallowed')
  @UseInterceptors(Swallowing)
  swallowed(): never {
    throw new Error('boom');
  }

  @OnWebhook('translated')
  @UseInterceptors(Translating)
  translated({ data }: WebhookEvent<{ say: string }>): unknown {
    if (data.say === 'too many') return data.say;
    throw new Error(data.say);
  }

  @OnWebhook('repeated')
  @UseInterceptors(Repeating)
  repeated(): void {
    calls.push('repeated');
    if (calls.length === 1) throw new Error('the first time');
  }

  @OnWebhook('hasty')
  @UseInterceptors(Hasty)
  hasty(): Promise<never> {
    return new Promise(() => undefined);
  }

  @OnWebhook('cached')
  @UseInterceptors(Cached)
  cached(): void {
    calls.push('called');
  }

  @OnWebhook('mute')
  @UseInterceptors(Mute)
  mute({ data }: WebhookEvent<{ throws: boolean }>): unknown {
    return say({ say: 'never', throws: data.throws });
  }

  @OnWebhook('reading')
  @UseInterceptors(Reading)
  reading(event: WebhookEvent<{ say?: string; throws: boolean }>): unknown {
    return event.data.say === undefined
      ? { text: 'without rows' }
      : say({ ...event.data, say: event.data.say });
  }

  @Rule<{ say: string }>({
    name: 'rule',
    on: 'rule',
    subject: (event) => event.id,
    when: () => true,
  })
  rule({ event }: RuleMatch<{ say: string }>): RuleResult {
    const verdict = event.data.say === 'notify' ? undefined : say({ ...event.data, throws: false });
    if (verdict !== undefined) return verdict;
    return httpPost({ url: 'http://127.0.0.1:9/none', json: {} });
  }
}

function say({ say: what, throws }: { say: string; throws: boolean }): RetryLater | Discard {
  const verdict =
    what === 'later' ? new RetryLater(3_600_000, 'not yet') : new Discard('not wanted');
  // oxlint-disable-next-line no-throw-literal
  if (throws) throw verdict;
  return verdict;
}

/** An application, and how its tests talk to it. */
class Subject {
  private count = 0;

  constructor(readonly app: TestApp) {}

  /** Sends an event and gives the jobs that came of it, after their first attempts. */
  async jobsAfter(type: string, data: object = {}): Promise<readonly JobView[]> {
    const id = `event-${++this.count}`;
    const answer = await this.app.post('/webhooks/game', JSON.stringify({ id, type, data }), {
      'content-type': 'application/json',
    });
    if (answer.status !== 200) throw new Error(answer.body);
    await this.app.drain();
    const [event] = (await this.app.app.get(InboxService).list({ id })).items;
    return (await this.app.app.get(QueueService).list({ ref: event!.key })).items;
  }
}

interface Host {
  readonly database: TestDatabase;
  readonly adapter?: AdapterName;
  readonly providers: Provider[];
  readonly options?: WebhookModuleOptions;
  readonly prepare?: (app: INestApplication) => void;
}

async function startSubject({
  database,
  adapter,
  providers,
  options,
  prepare,
}: Host): Promise<Subject> {
  return new Subject(
    await startApp({
      database,
      entities: [Effect],
      options: { sources, sending: LOCAL_RECEIVERS, ...options },
      host: { providers },
      ...(adapter === undefined ? {} : { adapter }),
      ...(prepare === undefined ? {} : { prepare }),
    }),
  );
}

describeOnDatabases('Interceptors', (kind) => {
  let database: TestDatabase;
  let subject: Subject;

  beforeAll(async () => {
    database = await kind.create();
    subject = await startSubject({
      database,
      providers: [Handlers],
      prepare: (app) =>
        app.useGlobalInterceptors(
          new Wrapping(),
          new ClassSerializerInterceptor(app.get(Reflector)),
        ),
    });
  });

  afterAll(async () => {
    await subject.app.close();
    await database.drop();
  });

  beforeEach(() => {
    calls.length = 0;
  });

  it.each(
    ['verdict', 'transactional', 'reading'].flatMap(
      (type) =>
        [
          [type, false],
          [type, true],
        ] as const,
    ),
  )(
    'F-28 REQ-50 leave the verdicts of a handler as they are (%s, thrown: %s)',
    async (type, throws) => {
      expect(await subject.jobsAfter(type, { say: 'later', throws })).toMatchObject([
        { state: 'retryable', lastError: 'not yet', attempt: 0 },
      ]);
      expect(await subject.jobsAfter(type, { say: 'never', throws })).toMatchObject([
        { state: 'discarded', lastError: 'not wanted' },
      ]);
      expect(await subject.app.dataSource().getRepository(Effect).count()).toBe(0);
    },
  );

  it("F-28 REQ-50 leave a rule's notifications and verdicts as they are", async () => {
    expect(await subject.jobsAfter('rule', { say: 'notify' })).toMatchObject([
      { state: 'completed' },
    ]);
    expect((await subject.app.app.get(NotificationService).list()).items).toMatchObject([
      { channel: 'http' },
    ]);
    expect(await subject.jobsAfter('rule', { say: 'later' })).toMatchObject([
      { state: 'retryable', lastError: 'not yet' },
    ]);
    expect(await subject.jobsAfter('rule', { say: 'never' })).toMatchObject([
      { state: 'discarded', lastError: 'not wanted' },
    ]);
    expect((await subject.app.app.get(RuleService).states()).items).toHaveLength(1);
  });

  it('F-28 REQ-50 do not make a failed attempt a completed one', async () => {
    expect(await subject.jobsAfter('swallowed')).toMatchObject([
      { state: 'retryable', lastError: 'Error: boom' },
    ]);
    expect(await subject.jobsAfter('hasty')).toMatchObject([
      {
        state: 'retryable',
        lastError: 'Error: an interceptor answered before Handlers.hasty had ended',
      },
    ]);
    expect(await subject.jobsAfter('reading', {})).toMatchObject([
      { state: 'retryable', lastError: expect.stringContaining('TypeError') as unknown },
    ]);
  });

  it('F-28 REQ-50 may say themselves what becomes of the job', async () => {
    expect(await subject.jobsAfter('translated', { say: 'too many' })).toMatchObject([
      { state: 'retryable', lastError: 'translated', attempt: 0 },
    ]);
    expect(await subject.jobsAfter('translated', { say: 'hopeless' })).toMatchObject([
      { state: 'discarded', lastError: 'translated' },
    ]);
    expect(await subject.jobsAfter('translated', { say: 'boom' })).toMatchObject([
      { state: 'retryable', lastError: 'Error: translated: boom' },
    ]);
  });

  it('F-28 REQ-50 may repeat the call, or leave it out', async () => {
    expect(await subject.jobsAfter('repeated')).toMatchObject([{ state: 'completed', attempt: 1 }]);
    expect(calls).toEqual(['repeated', 'repeated']);
    calls.length = 0;
    expect(await subject.jobsAfter('cached')).toMatchObject([{ state: 'completed' }]);
    expect(calls).toEqual(['from the cache']);
  });

  it.each([true, false])(
    'F-28 REQ-50 that answer nothing at all do not hide what the method said (thrown: %s)',
    async (throws) => {
      expect(await subject.jobsAfter('mute', { throws })).toMatchObject([
        { state: 'discarded', lastError: 'not wanted' },
      ]);
    },
  );
});

/** As Passport's and most hand-written ones: there is always a request. */
@Injectable()
class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    calls.push('JwtGuard');
    const { headers } = context
      .switchToHttp()
      .getRequest<{ headers?: { authorization?: string } }>();
    if (headers?.authorization === undefined) throw new UnauthorizedException();
    return true;
  }
}

class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Postponing implements CanActivate {
  canActivate(): never {
    // oxlint-disable-next-line no-throw-literal
    throw new RetryLater(3_600_000, 'the guard said later');
  }
}

@Catch(ForbiddenException)
class ForbiddenFilter implements ExceptionFilter {
  catch(error: Error): Discard {
    return new Discard(`filtered ${error.constructor.name}`);
  }
}

@Injectable()
class Guarded {
  @OnWebhook('plain')
  plain(): void {
    calls.push('plain');
  }

  @OnWebhook('guarded')
  @UseGuards(Refusing)
  guarded(): void {
    calls.push('guarded');
  }

  @OnWebhook('filtered')
  @UseGuards(Refusing)
  @UseFilters(ForbiddenFilter)
  filtered(): void {
    calls.push('filtered');
  }

  @OnWebhook('postponed')
  @UseGuards(Postponing)
  postponed(): void {
    calls.push('postponed');
  }

  @Rule({ name: 'guarded-rule', on: 'guarded-rule', subject: () => 1, when: () => true })
  @UseGuards(Refusing)
  rule(): void {
    calls.push('rule');
  }
}

@Injectable()
@UseGuards(JwtGuard)
class ClassGuarded {
  @OnWebhook('class-guarded')
  handle(): void {
    calls.push('class-guarded');
  }
}

class PointsDto {
  points!: number;
}

/** Does for one class what NestJS's ValidationPipe does for all. */
class PointsPipe implements PipeTransform {
  transform(value: PointsDto, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' || metatype !== PointsDto) return value;
    if (Number.isInteger(value.points)) return Object.assign(new PointsDto(), value);
    throw new BadRequestException(['points must be an integer', 'points must be positive']);
  }
}

@Injectable()
class Checked {
  @OnWebhook('points')
  save(_event: WebhookEvent, _context: unknown, @EventData() points: PointsDto): void {
    calls.push(`${points.constructor.name}:${points.points}`);
  }
}

describe.each(ADAPTERS)('Guards and pipes with %s', (adapter) => {
  let database: TestDatabase;
  let subject: Subject | undefined;

  beforeEach(async () => {
    calls.length = 0;
    database = await DATABASES[0]!.create();
  });

  afterEach(async () => {
    await subject?.app.close();
    subject = undefined;
    await database.drop();
  });

  const globals: [string, Pick<Host, 'providers' | 'prepare'>][] = [
    ['APP_GUARD', { providers: [{ provide: APP_GUARD, useClass: JwtGuard }] }],
    ['useGlobalGuards', { providers: [], prepare: (app) => app.useGlobalGuards(new JwtGuard()) }],
  ];

  it.each(globals)('F-29 REQ-50 of %s apply to no handler', async (_, { providers, ...rest }) => {
    subject = await startSubject({
      database,
      adapter,
      providers: [Guarded, JwtGuard, ...providers],
      ...rest,
    });
    expect(await subject.jobsAfter('plain')).toMatchObject([{ state: 'completed' }]);
    expect(calls).toEqual(['plain']);
  });

  it.each(globals)(
    'F-29 REQ-50 of %s apply to handlers where the host asks for it, and are named',
    async (_, { providers, ...rest }) => {
      subject = await startSubject({
        database,
        adapter,
        providers: [Guarded, JwtGuard, ...providers],
        options: { handlers: { globalGuards: true } },
        ...rest,
      });
      expect(await subject.jobsAfter('plain')).toMatchObject([
        {
          state: 'retryable',
          lastError: expect.stringMatching(
            /JwtGuard refused Guarded\.plain: UnauthorizedException: Unauthorized\. .*context\.getType\(\) is 'webhook'/,
          ) as unknown,
        },
      ]);
      expect(calls).toEqual(['JwtGuard']);
    },
  );

  it('F-29 REQ-50 of a method and of its class apply, and name themselves', async () => {
    subject = await startSubject({ database, adapter, providers: [Guarded, ClassGuarded] });
    const refused = (pattern: RegExp) => [
      { state: 'retryable', lastError: expect.stringMatching(pattern) as unknown },
    ];
    expect(await subject.jobsAfter('guarded')).toMatchObject(
      refused(/Refusing refused Guarded\.guarded: ForbiddenException: Forbidden resource/),
    );
    expect(await subject.jobsAfter('class-guarded')).toMatchObject(
      refused(/JwtGuard refused ClassGuarded\.handle: UnauthorizedException/),
    );
    expect(await subject.jobsAfter('guarded-rule')).toMatchObject(
      refused(/Refusing refused Guarded\.rule/),
    );
    expect(subject.app.logger.text).toMatch(/JwtGuard refused ClassGuarded\.handle/);
    expect(await subject.jobsAfter('filtered')).toMatchObject([
      { state: 'discarded', lastError: 'filtered ForbiddenException' },
    ]);
    expect(await subject.jobsAfter('postponed')).toMatchObject([
      { state: 'retryable', lastError: 'the guard said later', attempt: 0 },
    ]);
    expect(calls).toEqual(['JwtGuard']);
  });

  it('F-29 REQ-50 a global pipe checks @EventData() by its type, and what it finds is recorded', async () => {
    subject = await startSubject({
      database,
      adapter,
      providers: [Checked],
      prepare: (app) => app.useGlobalPipes(new PointsPipe()),
    });
    expect(await subject.jobsAfter('points', { points: 5 })).toMatchObject([
      { state: 'completed' },
    ]);
    const [job] = await subject.jobsAfter('points', { points: 'SECRET-PAYLOAD' });
    expect(job).toMatchObject({ state: 'retryable' });
    expect(job!.lastError).toContain('points must be an integer; points must be positive');
    expect(job!.lastError).not.toContain('SECRET-PAYLOAD');
    expect(subject.app.logger.text).toContain('points must be an integer');
    expect(calls).toEqual(['PointsDto:5']);
  });

  it('F-29 REQ-50 refuses an option `handlers` that is wrong', async () => {
    await expect(
      startSubject({
        database,
        adapter,
        providers: [],
        options: { handlers: { globalGuards: 'yes' as never } },
      }),
    ).rejects.toThrow(/`handlers\.globalGuards`.*true or false, got a string/);
  });
});
