import { QUEUE_OPTIONS } from '../../../lib/queue/queue.options.js';
import type { DatabaseKind } from '../../support/databases.js';
import type { AppProcess } from '../app.process.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { Sender } from '../sender.js';
import { sendAll } from '../send-all.js';
import { walkVerdict } from '../walk.verdict.js';

const INNOCENTS = 300;

/** Twelve crashes, each with a lease, a delay and a start: not an expectation of speed. */
const LIMIT_MS = 300_000;

const { concurrency, prefetch, maxAttempts } = QUEUE_OPTIONS.defaults;

/** The defaults except lease and delays: twelve default delays would take more than a day. */
const QUEUE = { concurrency, prefetch, leaseMs: 1_000 };

/** One event among others kills every process that handles it; each is started again. */
export function poisonScenario(kind: DatabaseKind): Scenario {
  return {
    name: `poison on ${kind.name}`,
    takesMinutes: true,
    run: async (run) => {
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const settings = { database, tell: ledger.tell, queue: QUEUE };
      const receiver = await run.startApp({ ...settings, roles: ['receive'] });
      const { random } = run;
      const sender = new Sender({ url: () => receiver.url, ledger, random, name: 'storm' });
      const before = await sendAll(sender, 'innocent', INNOCENTS / 2);
      const walk = run.prepareWalk(() => receiver.url);
      await walk.round();
      const poison = await sender.send('poison');
      await walk.round();
      const innocents = [...before, ...(await sendAll(sender, 'innocent', INNOCENTS / 2))];
      must(ledger.answered.size === INNOCENTS + 1, 'not every request was answered 2xx');
      await receiver.stop();

      let isOver = false;
      let deaths = 0;
      const supervise = async (): Promise<AppProcess> => {
        for (;;) {
          const app = run.spawnApp(settings);
          const isUp = await app.listening.then(
            () => true,
            () => false,
          );
          if (isOver && isUp) return app;
          await Promise.race([app.ended, over]);
          if (isOver && app.url !== undefined) return app;
          deaths++;
        }
      };
      let end = (): void => undefined;
      const over = new Promise<void>((resolve) => {
        end = () => {
          isOver = true;
          resolve();
        };
      });
      const supervised = Array.from({ length: run.isShort ? 1 : 2 }, () => supervise());
      try {
        await database.settled(() => undefined, LIMIT_MS);
      } finally {
        end();
      }
      for (const app of await Promise.all(supervised)) await app.stop();

      const discarded = await database.jobsIn('discarded');
      const job = await database.jobOf(poison);
      const lost = innocents.filter((id) => !ledger.handled.has(id));
      const handed = ledger.started.get(poison)?.length ?? 0;
      must(lost.length === 0, `${lost.length} others were never handled (${lost[0]})`);
      must(
        discarded.length === 1 && job?.state === 'discarded',
        `${discarded.length} were discarded, the poison is ${job?.state}`,
      );
      must(handed === maxAttempts, `the poison had ${handed} attempts`);
      must(
        /process died during each of the 12 attempts/.test(job?.lastError ?? ''),
        `the poison was discarded because of '${job?.lastError}'`,
      );
      return {
        innocents: innocents.length,
        'innocents handled': innocents.length - lost.length,
        'innocents started again': innocents.filter(
          (id) => (ledger.started.get(id)?.length ?? 0) > 1,
        ).length,
        'innocents discarded': discarded.length - 1,
        'poison handed over': handed,
        deaths,
        ...(await walkVerdict(database, [walk])),
        lost: lost.length,
      };
    },
  };
}
