import { toDate } from '../database/paging/to-date.js';
import type { CronSchedule } from './cron/cron.schedule.js';
import type { PollCursorEntity } from './cursor/poll-cursor.entity.js';
import type { Poller } from './poller.js';

/**
 * A poller of this application, and how its runs go over all processes.
 *
 * @publicApi
 */
export interface PollerView {
  readonly name: string;
  /** Its cron expression. */
  readonly cron: string;
  /** The time zone of its cron expression; `undefined` for that of the process. */
  readonly timeZone: string | undefined;
  readonly paused: boolean;
  /** Whether it is running at the moment, in whichever process. */
  readonly running: boolean;
  /**
   * How far it has read: of a table `{ value, key }` of the furthest row, as text; else the cursor of
   * the last page. `undefined` while it has read nothing.
   */
  readonly cursor: unknown;
  /** When the last run began; `null` before the first one. */
  readonly lastRunAt: Date | null;
  /** Why the last run failed or was postponed; `null` when it succeeded. */
  readonly lastError: string | null;
  /** When the last successful run ended; `null` before the first one. */
  readonly lastSuccessAt: Date | null;
  /** How many runs have failed since then. */
  readonly failures: number;
  /** How many rows failed and are retried in each run; `PollRegistry.setAside()` lists them. */
  readonly setAside: number;
  /**
   * When it runs next: at its next tick, or at the end of the pause that its API has asked for; `null` while it
   * is paused by hand.
   */
  readonly nextRunAt: Date | null;
}

/** What of a view is in the poller's row; the positions to read again from stay where they are. */
export const VIEWED_COLUMNS = [
  'name',
  'paused',
  'leaseUntil',
  'cursor',
  'lastStartedAt',
  'lastError',
  'lastSuccessAt',
  'failures',
  'notBefore',
] as const satisfies readonly (keyof PollCursorEntity)[];

/** The part of a poller's row that its view is made of. */
export type ViewedRow = Pick<PollCursorEntity, (typeof VIEWED_COLUMNS)[number]>;

/**
 * @param row `undefined` for a poller that was not registered yet
 * @param setAside how many of its rows are retried in each run
 * @param now milliseconds since the epoch
 * @internal
 */
export function toPollerView(
  { name, schedule }: Poller,
  row: ViewedRow | undefined,
  setAside: number,
  now: number,
): PollerView {
  const paused = row?.paused ?? false;
  return {
    name,
    cron: schedule.expression,
    timeZone: schedule.timeZone,
    paused,
    running: (row?.leaseUntil ?? 0) > now,
    cursor: row?.cursor ? JSON.parse(row.cursor) : undefined,
    lastRunAt: toDate(row?.lastStartedAt),
    lastError: row?.lastError ?? null,
    lastSuccessAt: toDate(row?.lastSuccessAt),
    failures: row?.failures ?? 0,
    setAside,
    nextRunAt: paused ? null : nextRun(schedule, row?.notBefore ?? 0, now),
  };
}

/** Ticks before the end of a postponement are skipped. */
function nextRun(schedule: CronSchedule, notBefore: number, now: number): Date {
  return notBefore > now ? new Date(notBefore) : schedule.next();
}
