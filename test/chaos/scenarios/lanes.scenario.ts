import type { DatabaseKind } from '../../support/databases.js';
import type { AppProcess, AppSettings } from '../app.process.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { deliver } from '../deliver.js';
import { LaneRecord } from '../lane.record.js';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';
import { walkVerdict } from '../walk.verdict.js';

/** How far the clocks of the processes are off, in milliseconds; SQLite has one machine. */
const SKEWS_MS = [-300_000, 0, 300_000, 600_000];
const NO_SKEWS = [0, 0, 0, 0];

/** How many lanes send at the same time. */
const PARALLEL = 32;

/**
 * Four processes run the jobs of many lanes, which fail at random, while they are killed one after the other.
 * In each lane, the jobs run in the order in which they were sent, one at a time.
 */
export function lanesScenario(kind: DatabaseKind): Scenario {
  return {
    name: `lanes on ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const [lanes, steps, kills] = isShort ? [50, 8, 3] : [1_000, 100, 30];
      const database = await ChaosDatabase.create(run, kind);
      const record = new LaneRecord();
      // Processes that are not killed must not lose leases on a busy machine.
      const queue = { leaseMs: isShort ? 3_000 : 10_000, pollIntervalMs: 100 };
      const settings: AppSettings[] = (kind.name === 'SQLite' ? NO_SKEWS : SKEWS_MS).map(
        (clockSkewMs) => ({ database, queue, clockSkewMs, tell: record.tell }),
      );
      const apps: AppProcess[] = await Promise.all(settings.map((one) => run.startApp(one)));
      const assertAlive = (): void => apps.forEach((app) => app.assertAlive());

      // Each lane has one process that accepts its events: their ids are in the order of their sending.
      const next = Array.from({ length: lanes }, (_, lane) => lane);
      const sendLanes = async (): Promise<void> => {
        for (let lane = next.shift(); lane !== undefined; lane = next.shift()) {
          const index = lane % apps.length;
          const url = (): string | undefined => apps[index]?.url;
          for (let step = 1; step <= steps; step++) {
            await deliver({ url, id: `lane-${lane}-${step}`, type: 'laned', data: { lane, step } });
          }
        }
      };
      const sent = { isOver: false };
      const sending = Promise.all(Array.from({ length: PARALLEL }, sendLanes)).finally(() => {
        sent.isOver = true;
      });
      let killed = 0;
      const killSome = async (): Promise<void> => {
        for (; killed < kills && (!sent.isOver || killed < 2); killed++) {
          await pause(isShort ? 500 + random() * 500 : 1_000 + random() * 8_000);
          const slot = Math.floor(random() * apps.length);
          const app = apps[slot]!;
          app.assertAlive();
          record.killed.add(app.pid ?? 0);
          await app.kill();
          apps[slot] = await run.startApp(settings[slot]!);
        }
      };
      const walk = run.startWalk((walker) => apps[walker]?.url);
      await Promise.all([sending, killSome()]);
      await walk.stop();
      await database.settled(assertAlive);
      const discarded = await database.jobsIn('discarded');
      must(discarded.length === 0, `${discarded.length} jobs were discarded`);
      const left = await database.leftInLanes();
      must(left === 0, `${left} rows of lanes are left`);
      for (const app of apps) await app.stop();
      record.judge(lanes, steps);
      const { attempts, failed, repeated } = record;
      return {
        lanes,
        jobs: lanes * steps,
        kills: killed,
        attempts,
        failed,
        repeated,
        ...(await walkVerdict(database, [walk])),
        lost: 0,
      };
    },
  };
}
