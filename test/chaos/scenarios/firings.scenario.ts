import type { DatabaseKind } from '../../support/databases.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { deliver } from '../deliver.js';
import { killRepeatedly } from '../kills.js';
import type { Scenario } from '../scenario.js';
import { walkVerdict } from '../walk.verdict.js';

const PROCESSES = 4;

/** How many subjects send at the same time. */
const PARALLEL = 16;

/** How many subjects there are, and how often the condition of each changes. */
const SIZES = {
  short: { subjects: 16, alternations: 12 },
  long: { subjects: 1_000, alternations: 100 },
} as const;

/**
 * The condition of many subjects alternates, judged by several processes that are killed at random moments, while
 * the rule's method fails now and then. The firings are exactly those of a serial run: each with its effect and
 * its notification once.
 */
export function firingsScenario(kind: DatabaseKind): Scenario {
  return {
    name: `firings on ${kind.name}`,
    run: async (run) => {
      const { subjects, alternations } = SIZES[run.isShort ? 'short' : 'long'];
      const database = await ChaosDatabase.create(run, kind);
      const settings = { database, tell: () => undefined };
      const apps = await Promise.all(
        Array.from({ length: PROCESSES }, () => run.startApp(settings)),
      );
      const kills = killRepeatedly(run, apps, () => run.spawnApp(settings));
      const walk = run.startWalk((walker) => apps[walker]?.url);
      const beginning = Date.now() - 3_600_000;
      const waiting = Array.from({ length: subjects }, (_, index) => index);
      const send = async (): Promise<void> => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
          const subject = `subject-${index}`;
          for (let at = 0; at < alternations; at++) {
            const data = { subject, isOn: at % 2 === 0 };
            // One process for each subject: the order of arrival is by the clock of the process.
            const url = (): string | undefined => apps[index % PROCESSES]?.url;
            const id = eventId(subject, at);
            const occurredAt = new Date(beginning + at);
            await deliver({ url, id, type: 'alternation', data, occurredAt });
          }
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, send));
      await kills.end();
      await walk.stop();
      await database.settled(() => apps.forEach((app) => app.assertAlive()));
      for (const app of apps) await app.stop();

      await mustBeSerial(database, subjects, alternations);
      const events = subjects * alternations;
      return {
        processes: PROCESSES,
        kills: kills.count,
        events,
        firings: events / 2,
        ...(await walkVerdict(database, [walk])),
        lost: 0,
      };
    },
  };
}

const eventId = (subject: string, at: number): string => `${subject}-${at}`;

/** Every second event of a subject has fired once, in their order, and no other has. */
async function mustBeSerial(
  database: ChaosDatabase,
  subjects: number,
  alternations: number,
): Promise<void> {
  const discarded = await database.jobsIn('discarded');
  must(
    discarded.length === 0,
    `${discarded.length} jobs were discarded: ${discarded[0]?.lastError}`,
  );
  const firings = await database.firings();
  const effects = await database.effects();
  const notifications = await database.notifications();
  for (let index = 0; index < subjects; index++) {
    const subject = `subject-${index}`;
    const expected = Array.from({ length: alternations / 2 }, (_, count) =>
      eventId(subject, 2 * count),
    );
    const fired = firings.get(subject) ?? [];
    must(
      fired.join() === expected.join(),
      `${subject} has fired at ${fired.join()}, not at ${expected.join()}`,
    );
    for (const [count, id] of expected.entries()) {
      must(effects.get(id) === 1, `${id} has ${effects.get(id) ?? 0} effects, not 1`);
      const text = `${subject}:${count + 1}`;
      must(
        notifications.get(text) === 1,
        `${text} was notified ${notifications.get(text) ?? 0} times`,
      );
    }
  }
  const total = (subjects * alternations) / 2;
  must(effects.size === total, `${effects.size} events have effects, not ${total}`);
  must(notifications.size === total, `there are ${notifications.size} notifications, not ${total}`);
}
