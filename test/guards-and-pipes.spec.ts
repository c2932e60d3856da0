import {
  BadRequestException,
  Catch,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  type ArgumentMetadata,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type PipeTransform,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventData } from '../lib/dispatch/event-data.decorator.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { Discard } from '../lib/retry/discard.js';
import { RetryLater } from '../lib/retry/retry-later.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES } from './support/databases.js';
import { PlainSender, plainEvents } from './support/plain-sender.js';
import { SharedDatabase } from './support/shared.database.js';

/** What ran, in its order. */
const calls: string[] = [];

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

interface Host {
  readonly providers: Provider[];
  readonly options?: WebhookModuleOptions;
  readonly prepare?: (app: INestApplication) => void;
}

describe.each(ADAPTERS)('Guards and pipes with %s', (adapter) => {
  const database = new SharedDatabase(DATABASES[0]!, []);
  let app: TestApp | undefined;

  beforeEach(() => {
    calls.length = 0;
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  const start = async ({ providers, options, prepare }: Host): Promise<PlainSender> => {
    app = await startApp({
      database,
      adapter,
      options: { sources: { game: plainEvents() }, ...options },
      host: { providers },
      ...(prepare === undefined ? {} : { prepare }),
    });
    return new PlainSender(app);
  };

  const globals: [string, Host][] = [
    ['APP_GUARD', { providers: [{ provide: APP_GUARD, useClass: JwtGuard }] }],
    [
      'useGlobalGuards',
      { providers: [], prepare: (created) => created.useGlobalGuards(new JwtGuard()) },
    ],
  ];

  it.each(globals)('F-29 REQ-50 of %s apply to no handler', async (_, { providers, ...rest }) => {
    const sender = await start({
      providers: [Guarded, JwtGuard, ...providers],
      ...rest,
    });
    expect(await sender.jobsAfter('plain')).toMatchObject([{ state: 'completed' }]);
    expect(calls).toEqual(['plain']);
  });

  it.each(globals)(
    'F-29 REQ-50 of %s apply to handlers where the host asks for it, and are named',
    async (_, { providers, ...rest }) => {
      const sender = await start({
        providers: [Guarded, JwtGuard, ...providers],
        options: { handlers: { globalGuards: true } },
        ...rest,
      });
      expect(await sender.jobsAfter('plain')).toMatchObject([
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
    const sender = await start({ providers: [Guarded, ClassGuarded] });
    const refused = (pattern: RegExp) => [
      { state: 'retryable', lastError: expect.stringMatching(pattern) as unknown },
    ];
    expect(await sender.jobsAfter('guarded')).toMatchObject(
      refused(/Refusing refused Guarded\.guarded: ForbiddenException: Forbidden resource/),
    );
    expect(await sender.jobsAfter('class-guarded')).toMatchObject(
      refused(/JwtGuard refused ClassGuarded\.handle: UnauthorizedException/),
    );
    expect(await sender.firingsAfter('guarded-rule')).toMatchObject(
      refused(/Refusing refused Guarded\.rule/),
    );
    expect(app!.logger.text).toMatch(/JwtGuard refused ClassGuarded\.handle/);
    expect(await sender.jobsAfter('filtered')).toMatchObject([
      { state: 'discarded', lastError: 'filtered ForbiddenException' },
    ]);
    expect(await sender.jobsAfter('postponed')).toMatchObject([
      { state: 'retryable', lastError: 'the guard said later', attempt: 0 },
    ]);
    expect(calls).toEqual(['JwtGuard']);
  });

  it('F-29 REQ-50 a global pipe checks @EventData() by its type, and what it finds is recorded', async () => {
    const sender = await start({
      providers: [Checked],
      prepare: (created) => created.useGlobalPipes(new PointsPipe()),
    });
    expect(await sender.jobsAfter('points', { points: 5 })).toMatchObject([{ state: 'completed' }]);
    const [job] = await sender.jobsAfter('points', { points: 'SECRET-PAYLOAD' });
    expect(job).toMatchObject({ state: 'retryable' });
    expect(job!.lastError).toContain('points must be an integer; points must be positive');
    expect(job!.lastError).not.toContain('SECRET-PAYLOAD');
    expect(app!.logger.text).toContain('points must be an integer');
    expect(calls).toEqual(['PointsDto:5']);
  });

  it('F-29 REQ-50 refuses an option `handlers` that is wrong', async () => {
    await expect(
      start({
        providers: [],
        options: { handlers: { globalGuards: 'yes' as never } },
      }),
    ).rejects.toThrow(/`handlers\.globalGuards`.*true or false, got a string/);
  });
});
