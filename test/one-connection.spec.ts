import { Injectable } from '@nestjs/common';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { TransactionalHandlerContext } from '../lib/dispatch/handler-context.js';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import type { Notification } from '../lib/notifications/notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Rule } from '../lib/rules/rule.decorator.js';
import { RuleService } from '../lib/rules/rule.service.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { startApp, type TestApp } from './support/application.js';
import { Bell, ring } from './support/bell.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

@Entity({ name: 'one_effect' })
class Effect {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar', { length: 64 }) what!: string;
}

@Injectable()
class Handlers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: NotificationService,
    private readonly inbox: InboxService,
    private readonly queue: QueueService,
    private readonly rules: RuleService,
    private readonly pollers: PollRegistry,
  ) {}

  /** Asks the library for all that it has, within its transaction. */
  @OnWebhook('work', { name: 'work', transactional: true })
  async work(event: WebhookEvent, { manager, jobId }: TransactionalHandlerContext): Promise<void> {
    await manager.insert(Effect, { what: event.id });
    const { id } = await this.notifications.notify(ring(event.id));
    await this.notifications.notify(ring(`${event.id} again`), { manager });
    await this.notifications.get(id);
    await this.notifications.list();
    await this.inbox.list({ id: event.id });
    await this.inbox.read(event.key);
    await this.inbox.retry(event.key);
    await this.queue.get(jobId);
    await this.queue.list();
    await this.queue.counts();
    await this.queue.oldestWaitingMs();
    await this.rules.states({ rule: 'judge' });
    await this.rules.reset('judge', 'nobody');
    await this.pollers.list();
    await this.pollers.get('effects');
    await this.pollers.parked();
    await this.pollers.setAside();
    await this.pollers.item('effects', 'row 1');
  }

  @Rule({ name: 'judge', on: 'work', subject: (event) => event.id, when: () => true })
  judge(): Notification {
    return ring('the rule has fired');
  }

  /** Asks for a second connection. */
  @OnWebhook('greedy', { name: 'greedy', transactional: true, timeoutMs: 200 })
  async greedy(_event: WebhookEvent, { attempt }: TransactionalHandlerContext): Promise<void> {
    if (attempt === 1) await this.dataSource.getRepository(Effect).find();
  }

  @Poll({
    name: 'effects',
    cron: '0 0 1 1 *',
    entity: Effect,
    cursor: 'id',
    key: 'id',
    start: 'beginning',
  })
  effect({ what }: Effect): PolledEvent {
    return { type: 'polled', data: { what } };
  }
}

describeOnDatabases('An application with one connection', (kind) => {
  let database: TestDatabase;
  let app: TestApp;

  beforeEach(async () => {
    database = await kind.create();
    app = await startApp({
      database: {
        ...database,
        options: { ...database.options, poolSize: 1 } as TestDatabase['options'],
      },
      entities: [Effect],
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        queue: { pollIntervalMs: 10, backoff: { baseMs: 1 } },
        notifications: { channels: [Bell] },
      },
      host: { providers: [Handlers, Bell] },
    });
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const send = async (id: string, type: string): Promise<void> => {
    const body = JSON.stringify({ id, type });
    const answer = await app.post('/webhooks/game', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(200);
  };

  it('F-31 accepts, handles, judges, notifies and polls, all at once', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `event-${index}`);
    const poll = app.app.get(PollRegistry).run('effects');
    await Promise.all(ids.map((id) => send(id, 'work')));
    await poll;
    await app.drain();
    const jobs = (await app.app.get(QueueService).list({}, { limit: 1_000 })).items;
    expect(jobs.filter(({ state }) => state !== 'completed')).toEqual([]);
    expect(await app.dataSource().getRepository(Effect).count()).toBe(30);
    expect(app.app.get(Bell).rung).toHaveLength(90);
    expect(app.logger.of('error')).toEqual([]);
  });

  it('F-31 ends a handler that waits for itself by its time-out, and says why', async () => {
    await send('greedy', 'greedy');
    await send('work', 'work');
    let job = (await app.app.get(QueueService).list({ name: 'greedy' })).items[0];
    while (job?.state !== 'completed') {
      await app.drain();
      job = (await app.app.get(QueueService).list({ name: 'greedy' })).items[0];
    }
    // SQLite's connection is shared: nobody waits for it.
    const [attempt, error] =
      kind.name === 'SQLite'
        ? [1, /^null$/]
        : [2, /time-out; the pool has one connection.*Raise.*`poolSize`/];
    expect(job.attempt).toBe(attempt);
    expect(String(job.lastError)).toMatch(error);
  });

  it('F-31 is warned at start-up where a transactional handler would have it for itself', () => {
    const warnings = app.logger.of('warn', 'WebhookModule').filter((line) => line.includes('pool'));
    expect(warnings).toHaveLength(kind.name === 'SQLite' ? 0 : 1);
    expect(warnings.join()).toMatch(
      kind.name === 'SQLite' ? /^$/ : /one connection.*`poolSize` to 5/,
    );
  });
});
