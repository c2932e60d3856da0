import type { DatabaseKind } from '../../support/databases.js';
import { sign } from '../../support/game.js';
import type { AppProcess } from '../app.process.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import type { Run } from '../run.js';
import type { Alternation } from '../rule.handlers.js';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';

const PROCESSES = 4;

/** How many subjects send at the same time. */
const PARALLEL = 16;

/** Longest time between two kills, in milliseconds. */
const LONGEST_LIFE_MS = 2_000;

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
      const beginning = Date.now() - 3_600_000;
      const waiting = Array.from({ length: subjects }, (_, index) => index);
      const send = async (): Promise<void> => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
          const subject = `subject-${index}`;
          for (let at = 0; at < alternations; at++) {
            const data = { subject, isOn: at % 2 === 0 };
            // One process for each subject: the order of arrival is by the clock of the process.
            const url = (): string | undefined => apps[index % PROCESSES]?.url;
            await deliver(url, eventId(subject, at), new Date(beginning + at), data);
          }
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, send));
      const killed = await kills.end();
      await Promise.all(apps.map(({ listening }) => listening));
      await database.settled(() => apps.forEach((app) => app.assertAlive()));
      for (const app of apps) await app.stop();

      await mustBeSerial(database, subjects, alternations);
      const events = subjects * alternations;
      return { processes: PROCESSES, kills: killed, events, firings: events / 2, lost: 0 };
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

/** Sends an event until it is answered 2xx. */
async function deliver(
  url: () => string | undefined,
  id: string,
  occurredAt: Date,
  data: Alternation,
): Promise<void> {
  const timestamp = occurredAt.toISOString();
  const { body, headers } = sign(JSON.stringify({ type: 'alternation', timestamp, data }), { id });
  for (;;) {
    const target = url();
    if (target !== undefined) {
      const signal = AbortSignal.timeout(20_000);
      const request = { method: 'POST', headers, body: String(body), signal };
      const answer = await fetch(`${target}/webhooks/game`, request).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok === true) return;
    }
    await pause(20);
  }
}

interface Kills {
  end(): Promise<number>;
}

/** Kills one application after the other, and starts it again. */
function killRepeatedly({ random }: Run, apps: AppProcess[], spawn: () => AppProcess): Kills {
  const so = { isOver: false, kills: 0 };
  const killing = (async () => {
    while (!so.isOver) {
      await pause(500 + random() * LONGEST_LIFE_MS);
      const index = Math.floor(random() * apps.length);
      const app = apps[index];
      if (app === undefined) continue;
      await app.kill();
      so.kills++;
      apps[index] = spawn();
      await apps[index].listening;
    }
  })();
  // `end()` reports the error.
  killing.catch(() => undefined);
  return {
    end: async () => {
      so.isOver = true;
      await killing;
      return so.kills;
    },
  };
}
