import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { pause, until } from '../waiting.js';
import { verdict } from '../verdict.js';

const FIVE_MINUTES_MS = 300_000;

/** How far the clocks of the machines are off. */
const SKEWS_MS: Readonly<Record<2 | 4, readonly number[]>> = {
  2: [0, FIVE_MINUTES_MS],
  4: [-FIVE_MINUTES_MS, 0, FIVE_MINUTES_MS, 2 * FIVE_MINUTES_MS],
};

/**
 * Several machines with different clocks share one database. No job may run twice while its lease is valid,
 * and none may wait for a clock to catch up: postponed jobs, and those of a dead machine, run within moments
 * and not in five minutes.
 */
export function clocksScenario(kind: DatabaseKind, machines: 2 | 4): Scenario {
  return {
    name: `${machines} machines, clocks 5 minutes apart, on ${kind.name}`,
    run: async (run) => {
      const { isShort } = run;
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      // Little room, so that most jobs are claimed, by any machine; handlers that still run when a machine
      // whose clock is ahead claims; a lease that busy machines do not lose.
      const queue = { concurrency: 3, prefetch: 0, leaseMs: 3_000, pollIntervalMs: 50 };
      const apps = await Promise.all(
        SKEWS_MS[machines].map((clockSkewMs) =>
          run.startApp({ database, queue, clockSkewMs, workMs: 100, tell: ledger.tell }),
        ),
      );
      let next = 0;
      const url = (turn = next++) => apps[turn % apps.length]?.url;
      const sender = run.startSender({ url, ledger, name: 'clock', pauseMs: 200 });
      const assertAlive = (): void => apps.forEach((app) => app.assertAlive());

      const postponed = await Promise.all(apps.map(() => sender.send('postponed')));
      await pause(isShort ? 1_500 : 10_000);
      await until('what is postponed is done', () => {
        assertAlive();
        return postponed.every((id) => ledger.handled.has(id));
      });
      // Each machine postpones it once, and no postponed attempt counts.
      must(
        postponed.every((id) => {
          const attempts = ledger.started.get(id) ?? [];
          const isOften = attempts.length > apps.length + 1;
          return attempts.length > 1 && !isOften && attempts.every((attempt) => attempt === 1);
        }),
        'a postponed job was not run again in the same attempt',
      );
      await sender.stop();
      await database.settled(assertAlive);
      const [repeated] = ledger.repeated();
      must(repeated === undefined, `the job of ${repeated} ran again while its lease was valid`);

      // A machine dies: another one runs its jobs.
      const slow = await sender.send('slow');
      await until('the slow handler has started', () => ledger.started.has(slow));
      const leasedBy = (await database.jobOf(slow))?.leasedBy ?? '';
      const owner = apps.find(({ pid }) => leasedBy.includes(`:${pid}:`));
      must(owner !== undefined, `no process has the lease of the running job, but '${leasedBy}'`);
      await owner.kill();
      await until('another machine has taken over', () => {
        assertAlive();
        return ledger.handled.has(slow);
      });
      // Whether the job killed the machine is unknown, so the first attempt does not count.
      must(
        ledger.started.get(slow)?.join() === '1,1',
        `the job of a dead machine ran in attempts ${ledger.started.get(slow)?.join()}, not in 1 and 1`,
      );
      await database.settled(assertAlive);
      for (const app of apps) if (app !== owner) await app.stop();
      return { machines, 'taken over': 1, ...(await verdict(database, ledger)) };
    },
  };
}
