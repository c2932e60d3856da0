import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';
import { Sender } from '../sender.js';
import { verdict } from '../verdict.js';

/** The application is stopped gracefully under load, with handlers that take longer than the stop may. */
export function stopScenario(kind: DatabaseKind): Scenario {
  return {
    name: `SIGTERM on ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const { options, drop } = await kind.create();
      run.cleanUp(drop);
      const database = await ChaosDatabase.open(run, options);
      const ledger = new Ledger();
      const settings = {
        database,
        tell: ledger.tell,
        // A lease that outlives the run: what is not released at the stop would never be taken over.
        queue: { leaseMs: 600_000, stopTimeoutMs: 300 },
        workMs: 600,
      };

      let app = await run.startApp(settings);
      const sender = new Sender({ url: () => app.url, ledger, random, name: 'stop' }).start();
      run.cleanUp(() => sender.stop());
      const stops = isShort ? 3 : 20;
      let released = 0;
      for (let stop = 1; stop <= stops; stop++) {
        await pause(200 + random() * 400);
        await app.stop();
        const held = await database.jobsIn('running');
        must(
          held.length === 0,
          `${held.length} leases were left behind by graceful stop ${stop}, the first of '${held[0]?.name}'`,
        );
        released += (await database.jobsIn('available')).length;
        // The last one has handlers that take no time, and does what all the others have left.
        app = await run.startApp(stop < stops ? settings : { ...settings, workMs: 0 });
      }
      await sender.stop();
      await database.settled(() => app.assertAlive());
      await app.stop();
      return { stops, 'left for the next': released, ...(await verdict(database, ledger)) };
    },
  };
}
