import { Injectable } from '@nestjs/common';
import type { HandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import type { TimerContext } from '../lib/timers/timer-context.js';
import { TimerService } from '../lib/timers/timer.service.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { AppProcess } from './support/app.process.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { Signal } from './support/signal.js';

/** What this process, which goes on, has finished. */
@Injectable()
class Handlers {
  readonly finished = new Signal<string>();

  @OnWebhook('work')
  work({ id }: WebhookEvent, { attempt }: HandlerContext): void {
    this.finished.push(`${id} ${attempt}`);
  }
}

@Injectable()
class Timers {
  readonly finished = new Signal<string>();

  @OnTimer('work')
  run(payload: string, { key, attempt }: TimerContext): void {
    this.finished.push(`${key} ${attempt} ${payload}`);
  }
}

describeOnDatabases('A process', (kind) => {
  let database: TestDatabase;
  let other: TestApp;

  beforeAll(async () => {
    database = await kind.create();
    other = await startApp({
      database,
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        queue: { leaseMs: 1_000, pollIntervalMs: 50 },
      },
      host: { providers: [Handlers] },
    });
  });

  afterAll(async () => {
    await other.close();
    await database.drop();
  });

  const post = (url: string, id: string): Promise<Response> =>
    fetch(`${url}/webhooks/game`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, type: 'work' }),
    });

  it('REQ-30 that is killed while a handler runs loses nothing: another finishes the job', async () => {
    const process = new AppProcess(database);
    expect((await post(await process.told('listening'), 'killed')).status).toBe(200);
    expect(await process.told('started')).toBe('killed 1');
    await process.end('SIGKILL');
    expect(await other.app.get(Handlers).finished.next()).toBe('killed 1');
  }, 60_000);

  it('REQ-95 that is killed while a timer runs loses nothing: another runs it again', async () => {
    const process = new AppProcess(database);
    await process.told('listening');
    // This process has no timers, and leaves them to the other.
    await other.app.get(TimerService).set('work', { key: 'killed', in: 0, payload: 'again' });
    expect(await process.told('started')).toBe('killed 1');
    await process.end('SIGKILL');
    const rescuer = await startApp({
      database,
      options: { queue: { leaseMs: 1_000, pollIntervalMs: 50 } },
      host: { providers: [Timers] },
    });
    try {
      expect(await rescuer.app.get(Timers).finished.next()).toBe('killed 1 again');
    } finally {
      await rescuer.close();
    }
  }, 60_000);

  it('REQ-56 that is told to stop releases what it cannot finish, at once', async () => {
    const process = new AppProcess(database);
    expect((await post(await process.told('listening'), 'stopped')).status).toBe(200);
    expect(await process.told('started')).toBe('stopped 1');
    await process.end('SIGTERM');
    expect(await other.app.get(Handlers).finished.next()).toBe('stopped 1');
  }, 60_000);
});
