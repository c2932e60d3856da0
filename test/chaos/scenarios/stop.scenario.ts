import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';
import { verdict } from '../verdict.js';

const STOP_TIMEOUT_MS = 300;

/** Time for the rest of a stop on a busy machine: not an expectation of speed. */
const MARGIN_MS = 10_000;

/**
 * The application is stopped gracefully under load, with handlers that take longer than the stop's time-out.
 */
export function stopScenario(kind: DatabaseKind): Scenario {
  return {
    name: `SIGTERM on ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const settings = {
        database,
        tell: ledger.tell,
        // A lease that outlives the run: a job that the stop does not release would never be taken over.
        queue: { leaseMs: 600_000, stopTimeoutMs: STOP_TIMEOUT_MS },
        workMs: 600,
      };

      let app = await run.startApp(settings);
      const sender = run.startSender({ url: () => app.url, ledger, name: 'stop' });
      const stops = isShort ? 3 : 20;
      let released = 0;
      let longestMs = 0;
      for (let stop = 1; stop <= stops; stop++) {
        await pause(200 + random() * 400);
        const began = performance.now();
        await app.stop();
        const tookMs = performance.now() - began;
        longestMs = Math.max(longestMs, tookMs);
        must(
          tookMs < STOP_TIMEOUT_MS + MARGIN_MS,
          `graceful stop ${stop} took ${tookMs.toFixed(0)} ms, its time-out is ${STOP_TIMEOUT_MS} ms`,
        );
        const running = await database.jobsIn('running');
        must(
          running.length === 0,
          `${running.length} leases were left behind by graceful stop ${stop}, the first of '${running[0]?.name}'`,
        );
        const left = await database.jobsIn('available');
        released += left.filter(({ name }) => name === 'work').length;
        // The last application has quick handlers, and runs the jobs that the others have left.
        app = await run.startApp(stop < stops ? settings : { ...settings, workMs: 0 });
      }
      await sender.stop();
      await database.settled(() => app.assertAlive());
      await app.stop();
      must(released > 0, 'no stop left a job: none came while jobs were running');
      return {
        stops,
        'longest stop ms': longestMs.toFixed(0),
        'left for the next': released,
        ...(await verdict(database, ledger)),
      };
    },
  };
}
