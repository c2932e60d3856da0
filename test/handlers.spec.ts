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
import { z } from 'zod';
import { EventData } from '../lib/dispatch/event-data.decorator.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { WebhookController } from '../lib/dispatch/webhook-controller.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { Discard } from '../lib/retry/discard.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { PlainSender, plainEvents } from './support/plain-sender.js';
import { SharedApp } from './support/shared.app.js';
import { SharedDatabase } from './support/shared.database.js';

/** What ran, in its order. */
const calls: string[] = [];

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

  @OnWebhook('order.*')
  one(event: WebhookEvent): void {
    calls.push(`one:${event.type}`);
  }

  @OnWebhook(['order.**', 'refund'])
  several(event: WebhookEvent): void {
    calls.push(`several:${event.type}`);
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
  const database = new SharedDatabase(kind);
  const clock = new FakeClock();

  describe('in one application', () => {
    const app = new SharedApp({
      database,
      options: { clock, sources: { game: plainEvents(), shop: plainEvents() } },
      prepare: (created) => created.useGlobalFilters(new GlobalFilter()),
      host: {
        imports: [HiddenModule],
        providers: [Handlers, PerEvent, OfShop],
        controllers: [MixedController],
      },
    });
    const sender = new PlainSender(app);

    beforeEach(() => {
      calls.length = 0;
      app.app.get(Handlers).fail = 0;
    });

    it('get the events whose type they want', async () => {
      await sender.send('order.paid');
      expect(calls.toSorted()).toEqual(['one:order.paid', 'several:order.paid']);
      calls.length = 0;
      await sender.send('order.item.added');
      await sender.send('refund');
      expect(calls).toEqual(['several:order.item.added', 'several:refund']);
    });

    it('run within guards and interceptors of the type webhook', async () => {
      await sender.send('guarded', { allowed: true });
      expect(calls).toEqual(['guard:webhook', 'before', 'guarded', 'after']);
      const refused = await sender.send('guarded', { allowed: false });
      expect(await sender.jobsOf(refused)).toMatchObject([
        { state: 'retryable', lastError: expect.stringContaining('Forbidden') as unknown },
      ]);
    });

    it('get their parameters through pipes', async () => {
      await sender.send('piped', { n: 21 });
      expect(calls).toEqual(['piped:42']);
    });

    it('REQ-50 do not pass for successful because a filter swallowed the error', async () => {
      const swallowed = await sender.send('filtered', { error: 'boom' });
      expect(await sender.jobsOf(swallowed)).toMatchObject([
        { state: 'retryable', lastError: 'Error: boom' },
      ]);
      const discarded = await sender.send('filtered', { error: 'hopeless' });
      expect(await sender.jobsOf(discarded)).toMatchObject([
        { state: 'discarded', lastError: 'the filter gave it up' },
      ]);
      expect(calls).toEqual(['filter:boom', 'filter:hopeless']);
    });

    it('REQ-50 meet the global filters of the application', async () => {
      const id = await sender.send('globally-filtered');
      expect(calls).toEqual(['global filter:webhook:globally-filtered']);
      expect(await sender.jobsOf(id)).toMatchObject([
        { state: 'discarded', lastError: 'the global filter gave it up' },
      ]);
    });

    it("get their schema's output, also when they are retried from the stored bytes", async () => {
      app.app.get(Handlers).fail = 1;
      await sender.send('schema', { n: '41' });
      clock.advance(60_000);
      await app.drain();
      expect(calls.filter((call) => call.startsWith('schema'))).toEqual(['schema:42', 'schema:42']);
    });

    it('REQ-51 are found in request-scoped classes, each event with an instance of its own', async () => {
      await sender.send('scoped');
      await sender.send('scoped');
      expect(calls.map((call) => call.split(':').slice(0, 2).join(':'))).toEqual([
        'scoped:true',
        'scoped:true',
      ]);
      expect(new Set(calls).size).toBe(2);
    });

    it('REQ-51 are found on controllers, in modules that export nothing, and in modules loaded lazily', async () => {
      await sender.send('controller');
      await sender.send('hidden');
      await sender.send('lazy');
      expect(calls).toEqual(['controller:controller', 'hidden']);
      await app.app.get(LazyModuleLoader).load(() => LazyModule);
      await sender.send('lazy');
      expect(calls).toEqual(['controller:controller', 'hidden', 'lazy']);
    });

    it('get the events of the source that their class names', async () => {
      await sender.send('only', {}, 'game');
      await sender.send('only', {}, 'shop');
      expect(calls).toEqual(['shop:shop']);
    });
  });
});
