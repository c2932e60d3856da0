import { randomBytes } from 'node:crypto';
import { JobEntity } from '../lib/queue/job.entity.js';
import { Pruner } from '../lib/retention/pruner.js';
import { TimerEntity } from '../lib/timers/timer.entity.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { DAY_MS, TimerApps } from './support/timer.apps.js';

describeOnDatabases('REQ-95 The rows of timers', (kind) => {
  const apps = new TimerApps(kind);

  it('are deleted with the jobs that have ended, and not while they wait', async () => {
    // After the keys, which are made by the machine's clock.
    apps.clock = new FakeClock(Date.now());
    const { app, timers } = await apps.start();
    await timers.set('reminder', { key: 'ran', in: 0 });
    await timers.set('reminder', { key: 'cancelled', in: '1d' });
    await timers.set('reminder', { key: 'waits', in: '90d' });
    await app.drain();
    await timers.cancel('reminder', 'cancelled');
    const left = async (): Promise<string[]> => {
      const { items } = await timers.list();
      return items.map(({ key }) => key).toSorted();
    };
    const prune = (): Promise<void> => app.app.get(Pruner, { strict: false }).prune();
    await prune();
    expect(await left()).toEqual(['cancelled', 'ran', 'waits']);
    apps.clock.advance(40 * DAY_MS);
    await prune();
    expect(await left()).toEqual(['waits']);
    expect(await timers.get('reminder', 'ran')).toBeUndefined();
    expect(await timers.cancel('reminder', 'ran')).toBe(false);
    expect(await timers.set('reminder', { key: 'ran', in: 0 })).toMatchObject({ status: 'set' });
    apps.clock.advance(50 * DAY_MS);
    await app.drain();
    expect(await timers.get('reminder', 'waits')).toMatchObject({ state: 'completed' });
  }, 60_000);

  it('without their job, which somebody has deleted, stand in no way', async () => {
    const { timers, dataSource } = await apps.start();
    const first = await timers.set('reminder', { key: 'a', in: '1h' });
    await dataSource.getRepository(JobEntity).delete({ ref: first.id });
    expect(await timers.cancel('reminder', 'a')).toBe(false);
    expect(await timers.get('reminder', 'a')).toMatchObject({ id: first.id, state: null });
    expect(await timers.set('reminder', { key: 'a', in: '1h' })).toMatchObject({ status: 'set' });
    expect(await timers.cancel('reminder', 'a')).toBe(true);
  });

  it('keep their payloads sealed, also when they are replaced', async () => {
    const sealWith = [randomBytes(32).toString('base64')];
    const { app, timers, reminders, dataSource } = await apps.start({ sealWith });
    for (const payload of ['s3cret 1', 's3cret 2']) {
      await timers.set('reminder', { key: 'a', in: '1h', payload });
      const rows = await dataSource.getRepository(TimerEntity).find();
      expect(JSON.stringify(rows)).not.toContain('s3cret');
    }
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs.map(({ payload }) => payload)).toEqual(['s3cret 2']);
  });

  it('are counted and listed by what they wait for', async () => {
    const { app, timers, queue } = await apps.start({ roles: ['receive', 'poll'] });
    for (const [key, after] of [
      ['c', '3h'],
      ['a', '1h'],
      ['b', '2h'],
    ] as const) {
      await timers.set('reminder', { key, in: after });
      await timers.set('booking', { key, in: after });
    }
    await timers.set('booking', { key: 'now', in: 0 });
    await timers.cancel('booking', 'b');
    expect(await queue.counts()).toMatchObject({ available: 1, scheduled: 5, retryable: 0 });
    expect(await queue.oldestWaitingMs()).toBe(0);
    const keys = async (filter: Parameters<typeof timers.list>[0]): Promise<string[]> => {
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await timers.list(filter, { limit: 2, after });
        found.push(...page.items.map(({ name, key }) => `${name[0]!}${key}`));
        after = page.next;
      } while (after !== undefined);
      return found;
    };
    expect(await keys({ name: 'reminder', state: 'available' })).toEqual(['ra', 'rb', 'rc']);
    expect(await keys({ state: 'cancelled' })).toEqual(['bb']);
    expect(await keys({ key: 'b' })).toEqual(['bb', 'rb']);
    expect(await keys({ key: 'b', state: 'available' })).toEqual(['rb']);
    expect(await keys({ name: 'booking' })).toEqual(['bnow', 'bb', 'ba', 'bc']);
    expect(await keys({ name: 'nobody' })).toEqual([]);
    await app.drain();
  });

  it('of a job that may have killed its process give it a new start when they are replaced', async () => {
    const { app, timers, reminders, dataSource } = await apps.start();
    const { id } = await timers.set('reminder', { key: 'a', in: '1h', payload: 'kills' });
    const suspect = { dueAt: null, rescueAt: apps.clock.now(), lostLeases: 1, attempt: 2 };
    await dataSource.getRepository(JobEntity).update({ ref: id }, suspect);
    const set = await timers.set('reminder', { key: 'a', in: '2h', payload: 'harmless' });
    expect(set).toMatchObject({ status: 'replaced', id });
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs).toEqual([]);
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs).toMatchObject([{ payload: 'harmless', context: { attempt: 1 } }]);
  });
});
