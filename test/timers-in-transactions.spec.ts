import { describeOnDatabases } from './support/databases.js';
import { DAY_MS, Reminded, TimerApps, type TimerApp } from './support/timer.apps.js';

describeOnDatabases('REQ-95 Timers in transactions', (kind) => {
  const apps = new TimerApps(kind);

  const reminded = async ({ dataSource }: TimerApp): Promise<string[]> =>
    (await dataSource.getRepository(Reminded).find()).map(({ what }) => what);

  const rolledBack = async (work: Promise<unknown>): Promise<void> =>
    expect(work).rejects.toThrow('rolled back');

  it('run if the transaction that set them commits', async () => {
    const { app, timers, reminders, dataSource } = await apps.start();
    await dataSource.transaction((manager) =>
      timers.set('reminder', { key: 'a', in: 0 }, { manager }),
    );
    await app.drain();
    expect(reminders.runs).toHaveLength(1);
  });

  it('leave nothing behind if it rolls back', async () => {
    const { app, timers, reminders, queue, dataSource } = await apps.start();
    await rolledBack(
      dataSource.transaction(async (manager) => {
        await timers.set('reminder', { key: 'a', in: 0 }, { manager });
        throw new Error('rolled back');
      }),
    );
    await app.drain();
    expect(reminders.runs).toEqual([]);
    expect((await timers.list()).items).toEqual([]);
    expect((await queue.list()).items).toEqual([]);
    expect(await timers.set('reminder', { key: 'a', in: 0 })).toMatchObject({ status: 'set' });
  });

  it('run as before if a transaction that cancels, replaces or succeeds them rolls back', async () => {
    const { app, timers, reminders, dataSource } = await apps.start();
    for (const key of ['cancelled', 'replaced', 'both']) {
      await timers.set('reminder', { key, in: '1h', payload: 'before' });
    }
    await rolledBack(
      dataSource.transaction(async (manager) => {
        const other = { in: 0, payload: 'after' };
        expect(await timers.cancel('reminder', 'cancelled', { manager })).toBe(true);
        await timers.set('reminder', { key: 'replaced', ...other }, { manager });
        expect(await timers.cancel('reminder', 'both', { manager })).toBe(true);
        expect(await timers.set('reminder', { key: 'both', ...other }, { manager })).toMatchObject({
          status: 'set',
        });
        expect(await timers.cancel('reminder', 'both', { manager })).toBe(true);
        throw new Error('rolled back');
      }),
    );
    await app.drain();
    expect(reminders.runs).toEqual([]);
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(reminders.runs.map(({ payload }) => payload)).toEqual(['before', 'before', 'before']);
  });

  it('take part in the transaction of a handler or timer without being given it', async () => {
    const host = await apps.start();
    const { app, timers, reminders } = host;
    await timers.set('reminder', { key: 'waits', in: '1h' });
    reminders.act = async ({ context }) => {
      if (context.name !== 'booking' || context.attempt > 1) return;
      await timers.set('reminder', { key: 'b', in: 0 });
      expect(await timers.cancel('reminder', 'waits')).toBe(true);
      // Its own key, too: it runs, so that this is another timer.
      await timers.set('booking', { key: 'a', in: '1h', payload: 'again' });
      throw new Error('rolled back');
    };
    await timers.set('booking', { key: 'a', in: 0, payload: 'booked' });
    await app.drain();
    expect(await reminded(host)).toEqual([]);
    expect((await timers.list({ state: 'available' })).items).toMatchObject([{ key: 'waits' }]);
    apps.clock.advance(DAY_MS);
    await app.drain();
    expect(await reminded(host)).toEqual(['booked']);
    expect(reminders.runs.map(({ context }) => context.key).toSorted()).toEqual([
      'a',
      'a',
      'waits',
    ]);
  });

  it('commit what a transactional method writes together with their completion', async () => {
    const host = await apps.start();
    const { app, timers, reminders } = host;
    reminders.act = async ({ context }) => {
      await timers.set('booking', { key: 'a', in: '1h', payload: 'again' });
      expect(context.manager).toBeDefined();
    };
    await timers.set('booking', { key: 'a', in: 0, payload: 'booked' });
    await app.drain();
    expect(await reminded(host)).toEqual(['booked']);
    expect((await timers.list()).items).toMatchObject([
      { key: 'a', state: 'available' },
      { key: 'a', state: 'completed', attempts: 1 },
    ]);
    apps.clock.advance(3_600_000);
    await app.drain();
    expect(await reminded(host)).toEqual(['booked', 'again']);
  });

  it('refuse a manager that has no transaction', async () => {
    const { timers, dataSource } = await apps.start();
    const { manager } = dataSource;
    await expect(timers.set('reminder', { key: 'a', in: 0 }, { manager })).rejects.toThrow(
      'The `manager` of set() has no open transaction',
    );
    await expect(timers.cancel('reminder', 'a', { manager })).rejects.toThrow(
      'The `manager` of cancel() has no open transaction',
    );
    expect((await timers.list()).items).toEqual([]);
  });
});
