import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { openBehindProxy } from '../servers/open-behind-proxy.js';
import type { PrivateServerKind } from '../servers/private.server.js';
import { pause, until } from '../waiting.js';
import { verdict } from '../verdict.js';

/** A lease that runs out in every outage, and few jobs at a time: the more are held, the more may be said of them. */
const QUEUE = { leaseMs: 1_000, pollIntervalMs: 200, concurrency: 10, prefetch: 20 };

/** Polls, heartbeats, and a margin for what the driver and the framework say. */
const LOG_ENTRIES_PER_SECOND = 1.5 * (1_000 / QUEUE.pollIntervalMs + 3_000 / QUEUE.leaseMs);

/** Most jobs that one application holds: running, waiting, and waiting for their end to be recorded. */
const MOST_HELD = QUEUE.concurrency + 2 * QUEUE.prefetch;

/** A line about one attempt at one job, and what it says of it. */
const JOB_LINE =
  /(Handler \S+ for event '[^']+'|handler '\S+' \(job \S+\)).*(failed in attempt \d+|recording the outcome failed|lease was lost)/;

/** What follows the first line of an entry: a stack, and an error's properties. */
const CONTINUED = /^(\s|\})/;

/** A job may be taken up again, and fail to be recorded again, while the server goes away or comes back. */
const MOST_ALIKE = 3;

/** The server is restarted, crashes, and loses its connections, under load. */
export function outageScenario(kind: PrivateServerKind): Scenario {
  return {
    name: `restarts and cut connections of ${kind.name}`,
    run: async (run) => {
      const { random, isShort } = run;
      const { server, proxy, database } = await openBehindProxy(run, kind);
      const ledger = new Ledger();
      const app = await run.startApp({ database, queue: QUEUE, workMs: 20, tell: ledger.tell });
      const sender = run.startSender({
        url: () => app.url,
        ledger,
        name: 'outage',
        pauseMs: 50,
      });
      const assertAlive = (): void => app.assertAlive();

      let outages = 0;
      let awayMs = 0;
      let logEntries = 0;
      let connects = 0;
      const accepts = async (): Promise<void> => {
        const before = ledger.answered.size;
        await until('events are accepted', () => {
          assertAlive();
          return ledger.answered.size > before + 10;
        });
      };
      /** Has the database away for some time, under load, and waits until all is well again. */
      const outage = async (
        what: string,
        begin: () => unknown,
        end: () => unknown,
      ): Promise<void> => {
        await accepts();
        const before = {
          at: performance.now(),
          unavailable: ledger.unavailableAnswers,
          sent: ledger.sent,
          connects: proxy.connects,
        };
        app.takeLog();
        await begin();
        await until(`503 (${what})`, () => {
          assertAlive();
          return ledger.unavailableAnswers > before.unavailable;
        });
        await pause(500 + random() * 1_000);
        const during = {
          seconds: (performance.now() - before.at) / 1_000,
          log: app.takeLog(),
          sent: ledger.sent - before.sent,
          connects: proxy.connects - before.connects,
        };
        await end();
        await accepts();

        assertQuiet(what, during.log, during.seconds);
        // A request, a poll, a heartbeat, and a job's attempt and end ask for one connection each.
        const mostConnects =
          during.sent + (1_000 / QUEUE.pollIntervalMs) * (1 + MOST_HELD) * during.seconds;
        must(
          during.connects <= mostConnects,
          `${during.connects} connections tried in ${during.seconds.toFixed(1)} s (${what}); ` +
            `at most ${mostConnects.toFixed(0)}`,
        );
        outages++;
        awayMs += during.seconds * 1_000;
        logEntries += during.log.filter((line) => !CONTINUED.test(line)).length;
        connects += during.connects;
      };

      const rounds = isShort ? 1 : 8;
      for (let round = 1; round <= rounds; round++) {
        await outage(
          'the network is cut',
          () => proxy.cut(),
          () => proxy.mend(),
        );
        await outage(
          'the server is restarted',
          () => server.stop(),
          () => server.start(),
        );
        await outage(
          'the server crashes',
          () => server.crash(),
          () => server.start(),
        );
        for (let cut = 1; cut <= 5; cut++) {
          await accepts();
          await server.cutConnections();
        }
      }
      await accepts();
      await sender.stop();
      await database.settled(assertAlive);
      await app.stop();
      const seconds = awayMs / 1_000;
      return {
        outages,
        'connections cut': 5 * rounds,
        'log entries/s away': (logEntries / seconds).toFixed(1),
        'connects/s away': (connects / seconds).toFixed(1),
        ...(await verdict(database, ledger, { commitsInDoubt: true })),
      };
    },
  };
}

/**
 * What is said of a job is said once or so; what is said of the rest is bounded by the time.
 *
 * @throws {ChaosError} when the log tells of a loop that does not pause
 */
function assertQuiet(what: string, log: readonly string[], seconds: number): void {
  const alike = new Map<string, number>();
  let others = 0;
  for (const line of log) {
    const [, job, said] = JOB_LINE.exec(line) ?? [];
    if (job !== undefined) alike.set(`${job} ${said}`, (alike.get(`${job} ${said}`) ?? 0) + 1);
    else if (!CONTINUED.test(line)) others++;
  }
  for (const [text, count] of alike) {
    must(count <= MOST_ALIKE, `${count} times '${text}' in ${seconds.toFixed(1)} s (${what})`);
  }
  // One more of each loop may fall into a short time.
  const most = LOG_ENTRIES_PER_SECOND * (seconds + 1);
  must(
    others <= most,
    `${others} log entries in ${seconds.toFixed(1)} s (${what}) besides those about jobs and ` +
      `requests; at most ${most.toFixed(0)}`,
  );
}
