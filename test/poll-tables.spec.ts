import { PollItemEntity } from '../lib/polling/aside/poll-item.entity.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import {
  apiPoller,
  Player,
  playersPoller,
  toPointsUpdated,
  type Mapper,
} from './support/players.js';
import { PollingApps } from './support/polling.app.js';

describeOnDatabases('Polling a table', (kind) => {
  const apps = new PollingApps(kind);

  it('gives each changed row to its method, once, and the events to the inbox', async () => {
    const app = await apps.start([playersPoller()]);
    await app.put(1, 10, '2026-01-01 00:00:01');
    expect(await app.run()).toEqual({
      outcome: 'done',
      more: false,
      accepted: 1,
      duplicates: 0,
      ignored: 0,
      rejected: 0,
    });
    await app.put(2, 20, '2026-01-01 00:00:02');
    await app.put(1, 11, '2026-01-01 00:00:03');
    expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
    expect(await app.told()).toEqual(['1:10', '2:20', '1:11']);
    const [event] = await app.events();
    expect(event).toMatchObject({
      source: 'players',
      tenant: '',
      type: 'points.updated',
      status: 'accepted',
    });
    expect(event?.id).toMatch(/^1@2026-01-01.00:00:01[^#]*#[0-9a-f]{16}$/);
    expect(await app.dataSource.getRepository(JobEntity).count()).toBe(3);
  });

  it('dates an event by the cursor of its row', async () => {
    const app = await apps.start([playersPoller()], {
      clock: new FakeClock(Date.parse('2026-06-01')),
    });
    await app.dataSource
      .getRepository(Player)
      .insert({ id: 1, points: 1, updatedAt: new Date('2026-01-02T03:04:05.678Z') });
    await app.run();
    const [event] = await app.events();
    expect(new Date(event!.occurredAt).toISOString()).toBe('2026-01-02T03:04:05.678Z');
  });

  it('takes several events of a row, or none', async () => {
    const map: Mapper = ({ id, points }) =>
      id === 1 ? undefined : ['a', 'b', 'unwanted'].map((type) => ({ type, data: { id, points } }));
    const app = await apps.start([playersPoller({}, map)]);
    await app.put(1, 10, '2026-01-01 00:00:01');
    await app.put(2, 20, '2026-01-01 00:00:01');
    expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 2, ignored: 1 });
    const ids = (await app.events()).map(({ id }) => id).toSorted();
    expect(ids[0]).toMatch(/^2@/);
    expect(ids.slice(1)).toEqual([`${ids[0]}:2`, `${ids[0]}:3`]);
  });

  it('misses no row and repeats none where a page ends among equal cursor values', async () => {
    const app = await apps.start([playersPoller({ pageSize: 3 })]);
    for (let id = 7; id >= 1; id--) await app.put(id, id, '2026-01-01 00:00:01');
    await app.put(8, 8, '2026-01-01 00:00:02');
    expect(await app.run()).toMatchObject({ accepted: 8, duplicates: 0 });
    expect(await app.told()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => `${id}:${id}`));
  });

  it('reads 500 rows with one cursor value in pages of 25', async () => {
    const app = await apps.start([playersPoller({ pageSize: 25 })]);
    const rows = Array.from({ length: 500 }, (_, index) => `(${index}, 1, '2026-01-01 00:00:01')`);
    await app.dataSource.query(app.insertion(rows.join(', ')));
    expect(await app.run()).toMatchObject({ accepted: 500, duplicates: 0 });
    expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
    expect(new Set(await app.told()).size).toBe(500);
  });

  it('tells two changes in the same second apart, and an unchanged row from both', async () => {
    const app = await apps.start([playersPoller()]);
    await app.put(1, 10, '2026-01-01 00:00:01');
    await app.run();
    await app.put(1, 11, '2026-01-01 00:00:01');
    expect(await app.run()).toMatchObject({ accepted: 1 });
    expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
    expect(await app.told()).toEqual(['1:10', '1:11']);
  });

  it('gives one event for a cursor value where `dedupeBy` says so, whatever else changes', async () => {
    const app = await apps.start([playersPoller({ dedupeBy: 'cursor' })]);
    await app.put(1, 10, '2026-01-01 00:00:01');
    await app.run();
    await app.put(1, 11, '2026-01-01 00:00:01');
    expect(await app.run()).toMatchObject({ accepted: 0 });
    expect((await app.events())[0]?.id).not.toContain('#');
  });

  it('reads along a number', async () => {
    const app = await apps.start([playersPoller({ cursor: 'points' })]);
    await app.put(1, 9, '2026-01-01 00:00:01');
    await app.put(2, 10, '2026-01-01 00:00:01');
    await app.run();
    await app.put(1, 11, '2026-01-01 00:00:01');
    await app.run();
    expect((await app.events()).map(({ id }) => id)).toEqual(['1@9', '2@10', '1@11']);
  });

  it('reads at most so many new rows a run, and goes on with the next', async () => {
    const app = await apps.start([playersPoller({ pageSize: 4, maxRows: 5 })]);
    for (let id = 1; id <= 12; id++) await app.put(id, id, '2026-01-01 00:00:01');
    const results = [await app.run(), await app.run(), await app.run()];
    expect(results).toEqual([
      expect.objectContaining({ accepted: 5, more: true }),
      expect.objectContaining({ accepted: 5, more: true }),
      expect.objectContaining({ accepted: 2, more: false }),
    ]);
  });

  it('does not read what a transaction of the host has written and may roll back', async () => {
    const app = await apps.start([playersPoller()]);
    const runner = app.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(app.insertion(`(1, 1, '2026-01-01 00:00:01')`));
    const run = app.run();
    await new Promise(setImmediate);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await run).toMatchObject({ outcome: 'done', accepted: 0 });
  });

  if (kind.name !== 'SQLite') {
    it('tells microseconds apart', async () => {
      const app = await apps.start([playersPoller({ pageSize: 1 })]);
      await app.put(3, 1, '2026-01-01 00:00:01.000001');
      await app.put(2, 2, '2026-01-01 00:00:01.000002');
      await app.put(1, 3, '2026-01-01 00:00:01.000999');
      expect(await app.run()).toMatchObject({ accepted: 3, duplicates: 0 });
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      await app.put(3, 4, '2026-01-01 00:00:01.001');
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect(await app.told()).toEqual(['3:1', '2:2', '1:3', '3:4']);
    });
  }

  describe('a method that throws', () => {
    it('F-23 sets its row aside; the next run retries that row', async () => {
      let broken = true;
      const map: Mapper = (player) => {
        if (broken && player.id === 3) throw new Error('no mapping for 3');
        return toPointsUpdated(player);
      };
      const app = await apps.start([
        playersPoller({ pageSize: 10 }, map),
        apiPoller(() => undefined),
      ]);
      for (let id = 1; id <= 5; id++) await app.put(id, id, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 4 });
      expect(await app.status()).toMatchObject({ cursor: { key: '5' }, running: false });
      expect(await app.run('api')).toMatchObject({ outcome: 'done' });
      broken = false;
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 1 });
      expect(await app.told()).toEqual(['1:1', '2:2', '4:4', '5:5', '3:3']);
    });

    it('is one that returns no event', async () => {
      const app = await apps.start([playersPoller({}, () => ({ data: 1 }) as never)]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 0 });
      const items = await app.dataSource.getRepository(PollItemEntity).find();
      expect(items).toMatchObject([
        { kind: 'row', error: expect.stringContaining('`type` of a polled event') as unknown },
      ]);
    });
  });

  it('REQ-31 tries again when the inbox could not commit', async () => {
    let away = true;
    const onAccept = (): void => {
      if (away) throw new Error('the database is away');
    };
    const app = await apps.start([playersPoller()], { onAccept });
    await app.put(1, 1, '2026-01-01 00:00:01');
    expect(await app.run()).toMatchObject({
      outcome: 'failed',
      error: 'Error: the database is away',
    });
    expect((await app.status()).cursor).toBeUndefined();
    away = false;
    expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 1 });
  });

  it('fails only the run when its database is gone', async () => {
    const app = await apps.start([playersPoller()]);
    await app.dataSource.destroy();
    expect(await app.run()).toMatchObject({ outcome: 'failed' });
    await app.dataSource.initialize();
    expect(await app.run()).toMatchObject({ outcome: 'done' });
  });
});
