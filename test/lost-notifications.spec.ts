import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { ChannelMessage, NotificationChannel } from '../lib/notifications/channels/channel.js';
import { NotificationEntity } from '../lib/notifications/notification.entity.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import type { RetentionOptions } from '../lib/retention/retention.options.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { webhookEntities } from '../lib/module/webhook.entities.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

const DAY_MS = 86_400_000;

/** What was sent, by whichever process. */
const sent: string[] = [];

@Injectable()
class Bell implements NotificationChannel<{ text: string }> {
  readonly name = 'bell';

  recipient(): string {
    return 'everybody';
  }

  async send({ payload }: ChannelMessage<{ text: string }>): Promise<object> {
    sent.push(payload.text);
    return {};
  }
}

describeOnDatabases('Notifications that an earlier version left without a job', (kind) => {
  let database: TestDatabase;
  let before: DataSource;
  let apps: TestApp[];

  beforeEach(async () => {
    sent.length = 0;
    apps = [];
    database = await kind.create();
    before = await new DataSource({
      ...database.options,
      entities: [...webhookEntities],
    } as DataSourceOptions).initialize();
  });

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await before.destroy();
    await database.drop();
  });

  const start = async (retention: RetentionOptions = {}): Promise<TestApp> => {
    const app = await startApp({
      database,
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        notifications: { channels: [Bell] },
        queue: { pollIntervalMs: 10 },
        retention,
      },
      host: { providers: [Bell] },
    });
    apps.push(app);
    return app;
  };

  /** Stops all processes: what they look for at their start has been found then. */
  const stop = (): Promise<unknown> => Promise.all(apps.splice(0).map((app) => app.close()));

  const store = async (
    text: string,
    changes: Partial<NotificationEntity> = {},
    manager: EntityManager = before.manager,
  ): Promise<string> => {
    const { createdAt = Date.now() } = changes;
    const id = uuid({ msecs: createdAt });
    await manager.insert(NotificationEntity, {
      id,
      channel: 'bell',
      key: text,
      recipient: 'everybody',
      payload: JSON.stringify({ text }),
      createdAt,
      sentAt: null,
      receipt: null,
      queued: false,
      ...changes,
    });
    return id;
  };

  const storeJob = (
    ref: string,
    changes: Partial<JobEntity> = {},
    manager: EntityManager = before.manager,
  ): Promise<unknown> =>
    manager.insert(JobEntity, {
      id: uuid(),
      kind: 'notification',
      name: 'bell',
      ref,
      state: 'available',
      dueAt: 0,
      attempt: 0,
      maxAttempts: 12,
      createdAt: Date.now(),
      ...changes,
    });

  it('F-1 are sent once, however many processes start, and however often', async () => {
    const expected = Array.from({ length: 30 }, (_, index) => `lost ${index}`);
    for (const text of expected) await store(text);
    await Promise.all([start(), start(), start()]);
    await stop();
    await start();
    await apps[0]!.drain();
    expect(sent.toSorted()).toEqual(expected.toSorted());
    const log = (await apps[0]!.app.get(NotificationService).list()).items;
    expect(log.map(({ state }) => state)).toEqual(expected.map(() => 'completed'));
    expect(apps[0]!.logger.of('warn', 'NotificationRecovery')).toEqual([]);
  });

  it('F-1 are said in one line', async () => {
    await store('one');
    await store('two');
    const { logger } = await start();
    await stop();
    expect(logger.of('warn', 'NotificationRecovery')).toEqual([
      '2 notifications that an earlier version had left without a job are sent now.',
    ]);
  });

  it('F-1 are told from those that were sent, wait, or were cancelled or discarded', async () => {
    await store('sent before', { sentAt: Date.now() });
    await storeJob(await store('waiting'));
    const ended = { dueAt: null, finishedAt: Date.now() } as const;
    await storeJob(await store('discarded'), { ...ended, state: 'discarded' });
    await storeJob(await store('cancelled'), { ...ended, state: 'cancelled' });
    // Jobs are deleted in the earliest case as soon as this; their notifications may be kept longer.
    await store('discarded, and its job deleted', { createdAt: Date.now() - 31 * DAY_MS });
    await store('of this version', { queued: true });
    await store('lost');
    await start();
    await stop();
    const app = await start();
    await app.drain();
    expect(sent.toSorted()).toEqual(['lost', 'waiting']);
  });

  it('F-1 are told by how long jobs are kept, discarded ones as well as others', async () => {
    await store('before discarded ones are deleted', { createdAt: Date.now() - DAY_MS });
    await store('after', { createdAt: Date.now() - 3 * DAY_MS });
    await start({ discardedDays: 2 });
    await stop();
    const app = await start({ discardedDays: 2 });
    await app.drain();
    expect(sent).toEqual(['before discarded ones are deleted']);
  });

  it('F-1 are not those of a transaction that is open at the start', async () => {
    // On SQLite another process cannot see them either, nor write as long as it is open.
    if (kind.name === 'SQLite') return;
    await store('lost');
    const runner = before.createQueryRunner();
    await runner.startTransaction();
    const id = await store('under way', {}, runner.manager);
    await start();
    await stop();
    await storeJob(id, {}, runner.manager);
    await runner.commitTransaction();
    await runner.release();
    const app = await start();
    await app.drain();
    expect(sent.toSorted()).toEqual(['lost', 'under way']);
  });

  it('F-1 are found beyond the first few hundred', async () => {
    for (let batch = 0; batch < 3; batch++) {
      const rows = Array.from({ length: 400 }, (_, index) => ({
        id: uuid(),
        channel: 'bell',
        key: `${batch}-${index}`,
        recipient: 'everybody',
        payload: '{"text":"told"}',
        createdAt: Date.now(),
        sentAt: Date.now(),
      }));
      await before.getRepository(NotificationEntity).insert(rows);
      await store(`lost ${batch}`);
    }
    await start();
    while (sent.length < 3) await turn();
    expect(sent.toSorted()).toEqual(['lost 0', 'lost 1', 'lost 2']);
  });
});
