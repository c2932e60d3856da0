import {
  ClassSerializerInterceptor,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, filter, map, of, retry, throwError, timeout, type Observable } from 'rxjs';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import type { RuleMatch, RuleResult } from '../lib/rules/rule.options.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { describeOnDatabases } from './support/databases.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';
import { PlainSender, plainEvents } from './support/plain-sender.js';
import { SharedApp } from './support/shared.app.js';
import { SharedDatabase } from './support/shared.database.js';

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

describeOnDatabases('Interceptors', (kind) => {
  const database = new SharedDatabase(kind, [Effect]);

  describe('in one application', () => {
    const app = new SharedApp({
      database,
      entities: [Effect],
      options: { sources: { game: plainEvents() }, sending: LOCAL_RECEIVERS },
      host: { providers: [Handlers] },
      prepare: (created) =>
        created.useGlobalInterceptors(
          new Wrapping(),
          new ClassSerializerInterceptor(created.get(Reflector)),
        ),
    });
    const sender = new PlainSender(app);

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
        expect(await sender.jobsAfter(type, { say: 'later', throws })).toMatchObject([
          { state: 'retryable', lastError: 'not yet', attempt: 0 },
        ]);
        expect(await sender.jobsAfter(type, { say: 'never', throws })).toMatchObject([
          { state: 'discarded', lastError: 'not wanted' },
        ]);
        expect(await app.dataSource().getRepository(Effect).count()).toBe(0);
      },
    );

    it("F-28 REQ-50 leave a rule's notifications and verdicts as they are", async () => {
      expect(await sender.firingsAfter('rule', { say: 'notify' })).toMatchObject([
        { state: 'completed' },
      ]);
      expect((await app.app.get(NotificationService).list()).items).toMatchObject([
        { channel: 'http' },
      ]);
      expect(await sender.firingsAfter('rule', { say: 'later' })).toMatchObject([
        { state: 'retryable', lastError: 'not yet' },
      ]);
      expect(await sender.firingsAfter('rule', { say: 'never' })).toMatchObject([
        { state: 'discarded', lastError: 'not wanted' },
      ]);
      expect((await app.app.get(RuleService).states()).items).toHaveLength(3);
    });

    it('F-28 REQ-50 do not make a failed attempt a completed one', async () => {
      expect(await sender.jobsAfter('swallowed')).toMatchObject([
        { state: 'retryable', lastError: 'Error: boom' },
      ]);
      expect(await sender.jobsAfter('hasty')).toMatchObject([
        {
          state: 'retryable',
          lastError: 'Error: an interceptor answered before Handlers.hasty had ended',
        },
      ]);
      expect(await sender.jobsAfter('reading', {})).toMatchObject([
        { state: 'retryable', lastError: expect.stringContaining('TypeError') as unknown },
      ]);
    });

    it('F-28 REQ-50 may say themselves what becomes of the job', async () => {
      expect(await sender.jobsAfter('translated', { say: 'too many' })).toMatchObject([
        { state: 'retryable', lastError: 'translated', attempt: 0 },
      ]);
      expect(await sender.jobsAfter('translated', { say: 'hopeless' })).toMatchObject([
        { state: 'discarded', lastError: 'translated' },
      ]);
      expect(await sender.jobsAfter('translated', { say: 'boom' })).toMatchObject([
        { state: 'retryable', lastError: 'Error: translated: boom' },
      ]);
    });

    it('F-28 REQ-50 may repeat the call, or leave it out', async () => {
      expect(await sender.jobsAfter('repeated')).toMatchObject([
        { state: 'completed', attempt: 1 },
      ]);
      expect(calls).toEqual(['repeated', 'repeated']);
      calls.length = 0;
      expect(await sender.jobsAfter('cached')).toMatchObject([{ state: 'completed' }]);
      expect(calls).toEqual(['from the cache']);
    });

    it.each([true, false])(
      'F-28 REQ-50 that answer nothing at all do not hide what the method said (thrown: %s)',
      async (throws) => {
        expect(await sender.jobsAfter('mute', { throws })).toMatchObject([
          { state: 'discarded', lastError: 'not wanted' },
        ]);
      },
    );
  });
});
