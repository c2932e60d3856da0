import type { DatabaseKind } from '../../support/databases.js';
import type { AppProcess } from '../app.process.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Run } from '../run.js';
import type { Scenario } from '../scenario.js';
import { Sender } from '../sender.js';
import { EFFECTS_OF_ONE } from '../timed.handlers.js';
import { pause } from '../waiting.js';
import { walkVerdict } from '../walk.verdict.js';

/** Stops interrupt running jobs. */
const FAULTS = { stopTimeoutMs: 50 };

/**
 * SQLite has one transaction at a time. While another process has the lock, a process may wait for longer
 * than a short lease: a notification whose outcome is not recorded yet would then rightly be sent again.
 */
const ON_SQLITE = { ...FAULTS, timeoutMs: 200, concurrency: 1, leaseMs: 10_000 };

/** Short, so that every fault happens many times in half a minute. */
const ON_SERVERS = { ...FAULTS, timeoutMs: 1_000, leaseMs: 3_000 };

/** How many events are sent at the same time. */
const PARALLEL = 5;

/**
 * Transactional handlers and rules run into their time-outs, some within a statement, lose their leases and
 * are interrupted by stops, and their code goes on as if nothing had happened.
 */
export function timeOutsScenario(kind: DatabaseKind): Scenario {
  return {
    name: `time-outs and lost leases on ${kind.name}`,
    run: async (run) => {
      const database = await ChaosDatabase.create(run, kind);
      const ledger = new Ledger();
      const sent = new Map<string, number>();
      const tell = (line: string): void => {
        const [word, text = ''] = line.split(' ');
        if (word === 'sent') sent.set(text, (sent.get(text) ?? 0) + 1);
        else ledger.tell(line);
      };
      const queue = kind.name === 'SQLite' ? ON_SQLITE : ON_SERVERS;
      const start = (): Promise<AppProcess> => run.startApp({ database, tell, queue });
      const apps = await Promise.all([start(), start()]);

      const ids: string[] = [];
      const sender = new Sender({
        url: () => {
          const up = apps.filter(({ url }) => url !== undefined);
          return up[Math.floor(run.random() * up.length)]?.url;
        },
        ledger,
        random: run.random,
        name: 'timed',
      });
      const walk = run.startWalk((walker) => apps[walker % apps.length]?.url);
      const troubles = makeTrouble(run, database, apps, start);
      const events = run.isShort ? 40 : 400;
      while (ids.length < events) {
        ids.push(...(await sendMany(sender, PARALLEL)));
        await pause(run.random() * 1_000);
      }
      const { stops, stolen } = await troubles.end();
      await walk.stop();
      await database.settled(() => apps.forEach((app) => app.assertAlive()));
      for (const app of apps) await app.stop();

      const answered = ids.filter((id) => ledger.answered.has(id));
      const effects = await database.effects();
      const wrong = answered.filter((id) => effects.get(id) !== EFFECTS_OF_ONE);
      const [first = ''] = wrong;
      const discarded = await database.jobsIn('discarded');
      must(answered.length > 0, 'nothing was answered 2xx');
      must(
        discarded.length === 0,
        `${discarded.length} jobs were discarded: ${discarded[0]?.lastError}`,
      );
      must(
        wrong.length === 0,
        `${wrong.length} events have not ${EFFECTS_OF_ONE} effects: ${first} has ${effects.get(first) ?? 0}`,
      );
      const texts = answered.flatMap((id) => [`effect:${id}`, `fired:${id}`]);
      mustBeOnce('stored', texts, await database.notifications());
      mustBeOnce('sent', texts, sent);
      const again = answered.filter((id) => (ledger.started.get(id)?.length ?? 0) > 1).length;
      must(again > 0, 'no handler had two attempts: no fault happened');
      // A handler's transaction locks SQLite: stealing a lease may come too late each time.
      must(stolen > 0 || kind.name === 'SQLite', 'no lease was lost');
      return {
        sent: ids.length,
        'answered 2xx': answered.length,
        'tried again': again,
        'leases lost': stolen,
        stops,
        'effects twice or in part': wrong.length,
        discarded: discarded.length,
        ...(await walkVerdict(database, [walk])),
        lost: 0,
      };
    },
  };
}

function mustBeOnce(
  what: string,
  texts: readonly string[],
  counts: ReadonlyMap<string, number>,
): void {
  const odd = texts.filter((text) => counts.get(text) !== 1);
  const [first = ''] = odd;
  must(
    odd.length === 0,
    `${odd.length} notifications were not ${what} once: ${first} ${counts.get(first) ?? 0} times`,
  );
}

function sendMany(sender: Sender, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => sender.send('timed')));
}

interface Troubles {
  end(): Promise<{ readonly stops: number; readonly stolen: number }>;
}

/** Steals leases, and restarts one application after the other. */
function makeTrouble(
  { random }: Run,
  database: ChaosDatabase,
  apps: AppProcess[],
  start: () => Promise<AppProcess>,
): Troubles {
  const so = { isOver: false, stops: 0, stolen: 0 };
  const steal = async (): Promise<void> => {
    while (!so.isOver) {
      await pause(50 + random() * 150);
      if (await database.stealLease(random)) so.stolen++;
    }
  };
  const restart = async (): Promise<void> => {
    while (!so.isOver) {
      await pause(500 + random() * 1_000);
      const index = so.stops++ % apps.length;
      await apps[index]?.stop();
      apps[index] = await start();
    }
  };
  const both = Promise.all([steal(), restart()]);
  // `end()` reports the error.
  both.catch(() => undefined);
  return {
    end: async () => {
      so.isOver = true;
      await both;
      return so;
    },
  };
}
