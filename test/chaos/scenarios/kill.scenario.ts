import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';
import { verdict } from '../verdict.js';

/** The part of the kills that come while the application is still starting. */
const EARLY_PART = 0.1;

/** Longest life of an application under load before it is killed, in milliseconds. */
const LONGEST_LIFE_MS = 1_000;

/** The application is killed repeatedly, at random moments, under load. */
export function killScenario(kind: DatabaseKind): Scenario {
  return {
    name: `SIGKILL on ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const settings = { database, workMs: 20, tell: ledger.tell };

      let app = await run.startApp(settings);
      const sender = run.startSender({ url: () => app.url, ledger, name: 'kill' });
      const kills = isShort ? 5 : 50;
      for (let kill = 1; kill <= kills; kill++) {
        const isEarly = random() < EARLY_PART;
        if (!isEarly) await app.listening;
        await pause(random() * LONGEST_LIFE_MS);
        app.assertAlive();
        await app.kill();
        app = run.spawnApp(settings);
      }
      await app.listening;
      await pause(LONGEST_LIFE_MS / 2);
      await sender.stop();
      await database.settled(() => app.assertAlive());
      await app.stop();
      return { kills, ...(await verdict(database, ledger)) };
    },
  };
}
