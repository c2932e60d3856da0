import { CuttableProxy } from '../../support/cuttable.proxy.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { Sender } from '../sender.js';
import { verdict } from '../verdict.js';
import { until } from '../waiting.js';
import type { PrivateServerKind } from './outage.scenario.js';

/** Within which everything has to go on by itself. */
const GOES_ON_WITHIN_MS = 30_000;

/** Connections fall silent and the server turns read-only, under load, with the default time limits. */
export function silenceScenario(kind: PrivateServerKind): Scenario {
  return {
    name: `silent connections and a read-only ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const server = await kind.create(run);
      const observed = await ChaosDatabase.open(run, server.options(server.port));
      const proxy = new CuttableProxy('127.0.0.1', server.port);
      const database = observed.through(server.options(await proxy.listen()));
      run.cleanUp(() => proxy.close());
      const ledger = new Ledger();
      const app = await run.startApp({ database, workMs: 20, tell: ledger.tell });
      const sender = new Sender({
        url: () => app.url,
        ledger,
        random,
        name: 'silence',
        pauseMs: 50,
      }).start();
      run.cleanUp(() => sender.stop());
      const assertAlive = (): void => app.assertAlive();
      let longestMs = 0;
      const goesOn = async (what: string): Promise<void> => {
        const began = performance.now();
        const before = { answered: ledger.answered.size, handled: ledger.handled.size };
        await until(
          `events are accepted and handled (${what})`,
          () => {
            assertAlive();
            return (
              ledger.answered.size > before.answered + 10 &&
              ledger.handled.size > before.handled + 10
            );
          },
          GOES_ON_WITHIN_MS,
        );
        longestMs = Math.max(longestMs, performance.now() - began);
      };

      const rounds = isShort ? 1 : 5;
      for (let round = 1; round <= rounds; round++) {
        await goesOn('before');
        proxy.silence();
        await goesOn('the connections that there were are silent');

        await server.setReadOnly(true);
        const refused = ledger.unavailableAnswers;
        await until('503 (the server is read-only)', () => {
          assertAlive();
          return ledger.unavailableAnswers > refused;
        });
        await server.setReadOnly(false);
        await goesOn('the server is read-only no more');

        const silenced = ledger.unavailableAnswers;
        proxy.silenceAll();
        await until('503 (nobody is let in)', () => {
          assertAlive();
          return ledger.unavailableAnswers > silenced;
        });
        proxy.mend();
        await goesOn('everybody is let in again');
      }
      await sender.stop();
      must(ledger.hung === 0, `${ledger.hung} requests were not answered at all`);
      await database.settled(assertAlive);
      await app.stop();
      return {
        rounds,
        'goes on after at most': `${(longestMs / 1_000).toFixed(1)} s`,
        ...(await verdict(database, ledger, { commitsInDoubt: true })),
      };
    },
  };
}
