import { describeOnDatabases } from './support/databases.js';
import { DAY_MS, TimerApps } from './support/timer.apps.js';

const TIMERS = 60;

describeOnDatabases('REQ-95 Timers that became due while no process ran', (kind) => {
  const apps = new TimerApps(kind);

  it('run in the order of their time, no more at once than there is room for', async () => {
    const setter = await apps.startWith([], { roles: ['receive', 'poll'] });
    // Set in another order than they are due.
    const places = Array.from({ length: TIMERS }, (_, index) => (index * 37) % TIMERS);
    for (const place of places) {
      await setter.timers.set('reminder', { key: place, in: 1_000 * (place + 1) });
    }
    apps.clock.advance(DAY_MS);
    const { app, reminders } = await apps.start({ queue: { concurrency: 4 } });
    let running = 0;
    let most = 0;
    reminders.act = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    await app.drain();
    const keys = reminders.runs.map(({ context }) => Number(context.key));
    expect(keys).toHaveLength(TIMERS);
    expect(most).toBeLessThanOrEqual(4);
    // Those of one claim start together.
    const late = keys.filter((key, index) => Math.abs(key - index) >= 4);
    expect(late).toEqual([]);
  });

  it('run once over two processes that start at the same time', async () => {
    const setter = await apps.startWith([], { roles: ['receive', 'poll'] });
    for (let key = 0; key < TIMERS; key++) await setter.timers.set('reminder', { key, in: 1 });
    apps.clock.advance(DAY_MS);
    const workers = [await apps.start(), await apps.start()];
    await Promise.all(workers.map(({ app }) => app.drain()));
    await Promise.all(workers.map(({ engine }) => engine.settled()));
    const keys = workers.flatMap(({ reminders }) =>
      reminders.runs.map(({ context }) => Number(context.key)),
    );
    expect(keys.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: TIMERS }).keys()]);
  });
});
