import { QUEUE_OPTIONS } from '../../../lib/queue/queue.options.js';
import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { sendAll } from '../send-all.js';
import { Sender } from '../sender.js';
import { until } from '../waiting.js';

/** About 1 MB of JSON, which takes several times as many bytes when it is read. */
const DATA = {
  rows: Array.from({ length: 23_000 }, (_, index) => ({ index, name: 'a name', of: [index] })),
};

/** For hundreds of megabytes on a busy machine: not an expectation of speed. */
const LIMIT_MS = 300_000;

const SMALL_HEAP = ['--max-old-space-size=512'];

/** The defaults: the scenario tests how much is leased ahead. */
const { leaseMs, prefetch } = QUEUE_OPTIONS.defaults;

/**
 * Many large events must be handled after a restart, also by a process with a small heap. No walk goes along: nothing is
 * interrupted, and what waits is measured.
 */
export function backlogScenario(kind: DatabaseKind): Scenario {
  return {
    name: `backlog on ${kind.name}`,
    takesMinutes: true,
    run: async (run) => {
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const { random } = run;
      const settings = { database, tell: ledger.tell };
      const rounds = [
        { count: 300, nodeOptions: [] },
        { count: 200, nodeOptions: SMALL_HEAP },
        ...(run.isShort ? [] : [{ count: 1_000, nodeOptions: SMALL_HEAP }]),
      ];
      let waiting = 0;
      for (const { count, nodeOptions } of rounds) {
        const queue = { leaseMs, prefetch };
        const receiver = await run.startApp({
          ...settings,
          nodeOptions,
          queue,
          roles: ['receive'],
        });
        const name = `backlog${count}`;
        const sender = new Sender({ url: () => receiver.url, ledger, random, name });
        waiting += count;
        // A busy database may cause some 503 answers; send as many again.
        await until(
          `${count} events wait`,
          async () => {
            receiver.assertAlive();
            await sendAll(sender, 'large', waiting - ledger.answered.size, DATA);
            return ledger.answered.size >= waiting;
          },
          LIMIT_MS,
        );
        await receiver.stop();
        const worker = await run.startApp({ ...settings, nodeOptions, queue });
        await database.settled(() => worker.assertAlive(), LIMIT_MS);
        await worker.stop();
      }
      const lost = [...ledger.answered].filter((id) => !ledger.handled.has(id));
      const discarded = await database.jobsIn('discarded');
      must(lost.length === 0, `${lost.length} were never handled (${lost[0]})`);
      must(
        discarded.length === 0,
        `${discarded.length} were discarded: ${discarded[0]?.lastError}`,
      );
      return {
        sent: ledger.sent,
        'answered 2xx': ledger.answered.size,
        'bytes each': JSON.stringify(DATA).length,
        handled: ledger.handled.size,
        'started again': [...ledger.started.values()].filter(({ length }) => length > 1).length,
        discarded: discarded.length,
        lost: lost.length,
      };
    },
  };
}
