import { describeOnDatabases, SERVERS } from './support/databases.js';
import { TimerApps, type TimerApp } from './support/timer.apps.js';

const KEYS = ['a', 'b', 'c'];

describeOnDatabases('REQ-95 Timers of one key in two applications', (kind) => {
  const apps = new TimerApps(kind);
  const two = async (): Promise<[TimerApp, TimerApp]> => [await apps.start(), await apps.start()];

  const waiting = async ({ timers }: TimerApp): Promise<string[]> =>
    (await timers.list({ state: 'available' })).items.map(({ key }) => key).toSorted();

  it('that are set at the same time are one', async () => {
    const machines = await two();
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        machines[index % 2]!.timers.set('reminder', { key: 'a', in: '1h', payload: index }),
      ),
    );
    expect(results.filter(({ status }) => status === 'set')).toHaveLength(1);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(await waiting(machines[0])).toEqual(['a']);
  }, 60_000);

  it('that are set and cancelled at the same time wait as often as they were not cancelled', async () => {
    const machines = await two();
    const count = { set: 0, cancelled: 0 };
    const work = Array.from({ length: 90 }, async (_, index) => {
      const { timers } = machines[index % 2]!;
      const key = KEYS[index % KEYS.length]!;
      if (index % 5 < 3) {
        const { status } = await timers.set('reminder', { key, in: '1h' });
        if (status === 'set') count.set++;
      } else if (await timers.cancel('reminder', key)) {
        count.cancelled++;
      }
    });
    await Promise.all(work);
    const left = await waiting(machines[0]);
    expect(left).toEqual([...new Set(left)]);
    expect(count.set - count.cancelled).toBe(left.length);
  }, 60_000);

  it('that are cancelled while they fire have either run or not, as the answer says', async () => {
    const machines = await two();
    const keys = Array.from({ length: 60 }, (_, index) => index);
    for (const key of keys) await machines[0].timers.set('reminder', { key, in: 1_000 });
    apps.clock.advance(1_000);
    const answers = await Promise.all([
      ...keys.map((key) => machines[key % 2]!.timers.cancel('reminder', key)),
      ...machines.map(({ app }) => app.drain()),
    ]);
    await Promise.all(machines.map(({ engine }) => engine.settled()));
    const ran = machines.flatMap(({ reminders }) =>
      reminders.runs.map(({ context }) => Number(context.key)),
    );
    const kept = keys.filter((key) => answers[key] === false);
    expect(ran.toSorted((a, b) => a - b)).toEqual(kept);
  }, 60_000);

  it('that are replaced while they fire run as often as they were set', async () => {
    const machines = await two();
    const keys = Array.from({ length: 40 }, (_, index) => index);
    for (const key of keys) {
      await machines[0].timers.set('reminder', { key, in: 1_000, payload: 'first' });
    }
    apps.clock.advance(1_000);
    const [results] = await Promise.all([
      Promise.all(
        keys.map((key) =>
          machines[key % 2]!.timers.set('reminder', { key, in: '1h', payload: 'second' }),
        ),
      ),
      ...machines.map(({ app }) => app.drain()),
    ]);
    await Promise.all(machines.map(({ engine }) => engine.settled()));
    const runs = (payload: string): number[] =>
      machines
        .flatMap(({ reminders }) => reminders.runs)
        .filter((run) => run.payload === payload)
        .map(({ context }) => Number(context.key))
        .toSorted((a, b) => a - b);
    expect(runs('first')).toEqual(keys.filter((key) => results[key]!.status === 'set'));
    expect(runs('second')).toEqual([]);
    expect(await waiting(machines[0])).toEqual(keys.map(String).toSorted());
  }, 60_000);
});

describeOnDatabases(
  'REQ-95 Timers of one key in two open transactions',
  (kind) => {
    const apps = new TimerApps(kind);

    type Act = (app: TimerApp, manager: TimerApp['dataSource']['manager']) => Promise<unknown>;
    const set: Act = async ({ timers }, manager) =>
      (await timers.set('reminder', { key: 'a', in: '1h', payload: 'new' }, { manager })).status;
    const cancel: Act = ({ timers }, manager) => timers.cancel('reminder', 'a', { manager });
    const cancelAndSet: Act = async (app, manager) => [
      await cancel(app, manager),
      await set(app, manager),
    ];

    it.each<[string, boolean, 'commits' | 'rolls back', Act, Act, unknown, number]>([
      ['sets one that sets', false, 'commits', set, set, 'replaced', 1],
      ['sets one that sets', false, 'rolls back', set, set, 'set', 1],
      ['cancels one that sets', true, 'rolls back', set, cancel, true, 0],
      ['sets one that cancels', true, 'commits', cancel, set, 'set', 1],
      ['sets one that cancels', true, 'rolls back', cancel, set, 'replaced', 1],
      ['cancels one that cancels', true, 'commits', cancel, cancel, false, 0],
      ['cancels one that cancels', true, 'rolls back', cancel, cancel, true, 0],
      ['cancels one that cancels and sets', true, 'commits', cancelAndSet, cancel, true, 0],
      ['sets one that cancels and sets', true, 'commits', cancelAndSet, set, 'replaced', 1],
      ['sets one that cancels and sets', true, 'rolls back', cancelAndSet, set, 'replaced', 1],
    ])(
      'one %s (it was there: %s), which %s: the other waits for its end',
      async (_, isThere, end, first, second, answer, left) => {
        const one = await apps.start();
        const other = await apps.start();
        if (isThere) await one.timers.set('reminder', { key: 'a', in: '1h', payload: 'old' });
        const runner = one.dataSource.createQueryRunner();
        await runner.startTransaction();
        await first(one, runner.manager);
        const waits = other.dataSource.transaction((manager) => second(other, manager));
        // By now its statement may wait at the server: the answer is the same if it does not.
        await Promise.race([waits, one.timers.list({}, { limit: 1 })]);
        await (end === 'commits' ? runner.commitTransaction() : runner.rollbackTransaction());
        await runner.release();
        expect(await waits).toEqual(answer);
        const { items } = await one.timers.list({ state: 'available' });
        expect(items).toHaveLength(left);
      },
    );

    it('fail in one of them, and not for good, if each waits for the other', async () => {
      const machines = [await apps.start(), await apps.start()];
      const orders = [
        ['a', 'b'],
        ['b', 'a'],
      ];
      const works = machines.map(({ dataSource, timers }, index) =>
        dataSource.transaction(async (manager) => {
          for (const key of orders[index]!) {
            await timers.set('reminder', { key, in: '1h' }, { manager });
          }
        }),
      );
      const outcomes = await Promise.allSettled(works);
      expect(outcomes.map(({ status }) => status)).toContain('fulfilled');
      const { items } = await machines[0]!.timers.list({ state: 'available' });
      expect(items.map(({ key }) => key).toSorted()).toEqual(['a', 'b']);
    });
  },
  SERVERS,
);
