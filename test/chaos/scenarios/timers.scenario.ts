import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { deliver } from '../deliver.js';
import { killRepeatedly } from '../kills.js';
import type { Scenario } from '../scenario.js';
import type { TimingOrder } from '../timing.handlers.js';
import { TimingRecord } from '../timing.record.js';
import { pause, until } from '../waiting.js';
import { walkVerdict } from '../walk.verdict.js';

const PROCESSES = 3;

/** How many orders are sent at the same time. */
const PARALLEL = 4;

/** Longest time between two orders, in milliseconds. */
const PAUSE_MS = 100;

/** For hundreds of orders on a busy machine: not an expectation of speed. */
const LIMIT_MS = 180_000;

const ACTIONS = ['soon', 'soon', 'late', 'cancel'] as const;

/** Few keys, so that the processes set and cancel the same timers at the same time. */
const SIZES = { short: { keys: 12, kills: 3 }, long: { keys: 40, kills: 50 } } as const;

/**
 * Several processes, which are killed at random moments, set, replace and cancel timers, in transactions some of which
 * are rolled back. A timer runs to its end once, unless it was replaced or cancelled before; then it does not begin.
 */
export function timersScenario(kind: DatabaseKind): Scenario {
  return {
    name: `timers on ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const { keys, kills } = SIZES[isShort ? 'short' : 'long'];
      const database = await ChaosDatabase.create(run, kind);
      const record = new TimingRecord();
      const settings = { database, tell: record.tell };
      const apps = await Promise.all(
        Array.from({ length: PROCESSES }, () => run.startApp(settings)),
      );
      const assertAlive = (): void => apps.forEach((app) => app.assertAlive());
      const all = Array.from({ length: keys }, (_, index) => `key-${index}`);
      let orders = 0;
      const send = async (key: string, action: TimingOrder['action']): Promise<void> => {
        const url = (): string | undefined => apps[Math.floor(random() * apps.length)]?.url;
        await deliver({ url, id: `order-${++orders}`, type: 'timing', data: { key, action } });
      };
      /** Waits until all orders are carried out; timers still wait. */
      const done = (): Promise<void> =>
        until(
          'the orders are carried out',
          async () => {
            assertAlive();
            return (await database.openJobs('handler')).length === 0;
          },
          LIMIT_MS,
        );

      // From now on, each key has a row that whoever sets or cancels its timer locks.
      await Promise.all(all.map((key) => send(key, 'late')));
      await done();
      const walk = run.startWalk((walker) => apps[walker % apps.length]?.url);
      const killing = killRepeatedly(run, apps, () => run.spawnApp(settings));
      const sendSome = async (): Promise<void> => {
        while (killing.count < kills && !killing.isOver) {
          const action = ACTIONS[Math.floor(random() * ACTIONS.length)]!;
          await send(all[Math.floor(random() * keys)]!, action);
          await pause(random() * PAUSE_MS);
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, sendSome));
      await killing.end();
      await walk.stop();
      await done();
      // None is left to wait for an hour.
      await Promise.all(all.map((key, index) => send(key, index % 2 === 0 ? 'soon' : 'cancel')));
      await done();
      await database.settled(assertAlive);
      for (const app of apps) await app.stop();

      const discarded = await database.jobsIn('discarded');
      must(discarded.length === 0, `${discarded.length} were discarded`);
      const timings = await database.timings();
      const { fires, replaced, cancelled } = record.judge(timings, await database.effects());
      const committed = [...timings.values()].flat().length;
      must(committed === orders, `${committed} of ${orders} orders were carried out`);
      must(Math.min(fires, replaced, cancelled) > 0, 'no timer has fired, or none was withdrawn');
      return {
        processes: PROCESSES,
        kills: killing.count,
        orders,
        'rolled back': record.tries - committed,
        fired: fires,
        replaced,
        cancelled,
        attempts: record.attempts,
        ...(await walkVerdict(database, [walk])),
        lost: 0,
      };
    },
  };
}
