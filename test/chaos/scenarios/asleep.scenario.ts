import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { sendAll } from '../send-all.js';
import { Sender } from '../sender.js';
import { sleepUnderWay, startSide, type Side } from '../side.js';
import { pause } from '../waiting.js';
import { walkVerdict } from '../walk.verdict.js';

/** One of two processes is stopped for longer than its leases, as by a suspended machine, and goes on. */
export function asleepScenario(kind: DatabaseKind): Scenario {
  return {
    name: `asleep on ${kind.name}`,
    takesMinutes: true,
    run: async (run) => {
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const { random } = run;
      const start = (): Promise<Side> => startSide(run, { database, tell: ledger.tell }, 'started');
      const sides = [await start(), await start()] as const;
      let [side, other] = sides;
      const walk = run.prepareWalk((walker) => sides[walker % 2]?.app.url);
      const underWay = new Set<string>();
      const sleeps = run.isShort ? 3 : 20;
      for (let sleep = 0; sleep < sleeps; sleep++) {
        const { app } = side;
        const sender = new Sender({ url: () => app.url, ledger, random, name: `asleep${sleep}` });
        await sendAll(sender, 'doze', 64);
        await pause(random() * 100);
        const [ids] = await Promise.all([
          sleepUnderWay({
            side,
            other,
            random,
            open: () => database.openJobs('handler'),
            hasOneWriter: kind.name === 'SQLite',
          }),
          walk.round(),
        ]);
        for (const id of ids) underWay.add(id);
        await database.settled(() => [side, other].forEach((one) => one.app.assertAlive()));
        [side, other] = [other, side];
      }
      for (const { app } of [side, other]) await app.stop();

      const lost = [...ledger.answered].filter((id) => !ledger.handled.has(id));
      const again = [...ledger.started].filter(([, { length }]) => length > 1).map(([id]) => id);
      const wrong = again.filter((id) => !underWay.has(id));
      const discarded = await database.jobsIn('discarded');
      must(ledger.answered.size === ledger.sent, 'not every request was answered 2xx');
      must(lost.length === 0, `${lost.length} answered 2xx and never handled (${lost[0]})`);
      must(wrong.length === 0, `${wrong.length} ran twice that had not been running (${wrong[0]})`);
      must(discarded.length === 0, `${discarded.length} were discarded`);
      must(underWay.size > 0, 'nothing was running when a process was stopped');
      return {
        sleeps,
        sent: ledger.sent,
        handled: ledger.handled.size,
        'under way': underWay.size,
        'started again': again.length,
        'started again and not under way': wrong.length,
        discarded: discarded.length,
        ...(await walkVerdict(database, [walk])),
        lost: lost.length,
      };
    },
  };
}
