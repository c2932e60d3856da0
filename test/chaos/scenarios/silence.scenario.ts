import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { openBehindProxy } from '../servers/open-behind-proxy.js';
import type { PrivateServerKind } from '../servers/private.server.js';
import { verdict } from '../verdict.js';
import { until } from '../waiting.js';

/** Time within which the application must recover by itself. */
const GOES_ON_WITHIN_MS = 30_000;

/** Connections fall silent and the server turns read-only, under load, with the default time limits. */
export function silenceScenario(kind: PrivateServerKind): Scenario {
  return {
    name: `silent connections and a read-only ${kind.name}`,
    run: async (run) => {
      const { isShort } = run;
      const { server, proxy, database } = await openBehindProxy(run, kind);
      const ledger = new Ledger();
      const app = await run.startApp({ database, workMs: 20, tell: ledger.tell });
      const sender = run.startSender({
        url: () => app.url,
        ledger,
        name: 'silence',
        pauseMs: 50,
      });
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
        await goesOn('all open connections are silent');

        await server.setReadOnly(true);
        const refused = ledger.unavailableAnswers;
        await until('503 (the server is read-only)', () => {
          assertAlive();
          return ledger.unavailableAnswers > refused;
        });
        await server.setReadOnly(false);
        await goesOn('the server is writable again');

        const silenced = ledger.unavailableAnswers;
        proxy.silenceAll();
        await until('503 (the server accepts no connections)', () => {
          assertAlive();
          return ledger.unavailableAnswers > silenced;
        });
        proxy.restore();
        await goesOn('the server accepts connections again');
      }
      await sender.stop();
      must(ledger.hung === 0, `${ledger.hung} requests were not answered at all`);
      await database.settled(assertAlive);
      await app.stop();
      return {
        rounds,
        'recovers within': `${(longestMs / 1_000).toFixed(1)} s`,
        ...(await verdict(database, ledger, { commitsInDoubt: true })),
      };
    },
  };
}
