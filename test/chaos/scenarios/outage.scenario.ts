import { Ledger } from '../ledger.js';
import { must } from '../chaos.error.js';
import type { Scenario } from '../scenario.js';
import { openBehindProxy } from '../servers/open-behind-proxy.js';
import type { PrivateServerKind } from '../servers/private.server.js';
import { pause, until } from '../waiting.js';
import { verdict } from '../verdict.js';

/** A lease that runs out in every outage, and few jobs at a time: each leased job may cause log lines. */
const QUEUE = { leaseMs: 1_000, pollIntervalMs: 200, concurrency: 10, prefetch: 20 };

/** Polls, heartbeats, and a margin for lines of the driver and the framework. */
const LOG_ENTRIES_PER_SECOND = 1.5 * (1_000 / QUEUE.pollIntervalMs + 3_000 / QUEUE.leaseMs);

/**
 * Most jobs that are leased to one application: running, waiting, and waiting for the recording of their
 * outcome.
 */
const MOST_LEASED = QUEUE.concurrency + 2 * QUEUE.prefetch;

/** A line about one attempt of one job: the job, and what happened. */
const JOB_LINE =
  /((?:Handler|Firing \S+ of) \S+ for event '[^']+'|Timer '\S+' \S+|\w+ '\S+' \(job \S+\)).*(failed in attempt \d+|recording the outcome failed|lease was lost)/;

/** The further lines of an entry: a stack, and an error's properties. */
const CONTINUED = /^(\s|\})/;

/** While the server stops or starts, a job may run again, and its recording may fail again. */
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
      /**
       * Makes the database unreachable for some time, under load, and waits until events are accepted again.
       */
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
          during.sent + (1_000 / QUEUE.pollIntervalMs) * (1 + MOST_LEASED) * during.seconds;
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
          () => proxy.restore(),
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
 * Each line about a job may come a few times; the number of other lines is limited by the time.
 *
 * @throws {ChaosError} if the log shows a loop without a pause
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
  // A short time may have one more round of each loop.
  const most = LOG_ENTRIES_PER_SECOND * (seconds + 1);
  must(
    others <= most,
    `${others} log entries in ${seconds.toFixed(1)} s (${what}) besides those about jobs and ` +
      `requests; at most ${most.toFixed(0)}`,
  );
}
