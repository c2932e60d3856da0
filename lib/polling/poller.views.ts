import type { CronSchedule } from './cron/cron.schedule.js';
import type { PollCursorEntity } from './cursor/poll-cursor.entity.js';
import type { PollItemEntity } from './aside/poll-item.entity.js';
import type { Poller } from './poller.js';

/**
 * What is known of a poller, over all processes.
 *
 * @publicApi
 */
export interface PollerStatus {
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
  /** When the last run began. */
  readonly lastRunAt: Date | undefined;
  /** Why the last run failed, or was postponed; `undefined` when it was neither. */
  readonly lastError: string | undefined;
  /** When the last run ended that did not fail. */
  readonly lastSuccessAt: Date | undefined;
  /** How many runs have failed since then. */
  readonly failures: number;
  /** How many rows it could not take, and tries again in its runs; see `PollRegistry.setAside()`. */
  readonly setAside: number;
  /**
   * When it runs next: at its next tick, or, where its API has postponed it, when that is over; `undefined`
   * while it is paused.
   */
  readonly nextRunAt: Date | undefined;
}

/**
 * What a poller could not take, and tries again in its runs.
 *
 * @publicApi
 */
export interface SetAsideItem {
  readonly poller: string;
  /** What tells it from the others of the poller. */
  readonly item: string;
  /** A row of the table, or an item of a page that is not an event. */
  readonly kind: 'row' | 'event';
  /** As JSON: the row's position `{ value, key }` with the id of its event as `version`, or the item as far as JSON holds it, and up to 65,536 characters. */
  readonly content: string;
  /** In how many runs it has failed. */
  readonly attempts: number;
  /** Why, in the last one. */
  readonly error: string;
  readonly firstFailedAt: Date;
}

/**
 * What a poller could not take, and tries no more.
 *
 * @publicApi
 */
export interface ParkedItem extends SetAsideItem {
  readonly parkedAt: Date;
}

/** @internal */
export function toSetAside(entity: PollItemEntity): SetAsideItem {
  const { poller, item, kind, content, attempts, error, firstFailedAt } = entity;
  return {
    poller,
    item,
    kind: kind === 'row' ? 'row' : 'event',
    content,
    attempts,
    error,
    firstFailedAt: new Date(firstFailedAt),
  };
}

/** @internal */
export function toParked(entity: PollItemEntity): ParkedItem {
  const { parkedAt, firstFailedAt } = entity;
  return { ...toSetAside(entity), parkedAt: new Date(parkedAt ?? firstFailedAt) };
}

/** Ticks until then are skipped. */
function nextRun(schedule: CronSchedule, notBefore: number, now: number): Date {
  return notBefore > now ? new Date(notBefore) : schedule.next();
}

/** @internal */
export function toStatus(
  { name, schedule }: Poller,
  row: PollCursorEntity | undefined,
  setAside: number,
  now: number,
): PollerStatus {
  const paused = row?.paused ?? false;
  return {
    name,
    cron: schedule.expression,
    timeZone: schedule.timeZone,
    paused,
    running: (row?.leaseUntil ?? 0) > now,
    cursor: row?.cursor ? JSON.parse(row.cursor) : undefined,
    lastRunAt: row?.lastStartedAt ? new Date(row.lastStartedAt) : undefined,
    lastError: row?.lastError ?? undefined,
    lastSuccessAt: row?.lastSuccessAt ? new Date(row.lastSuccessAt) : undefined,
    failures: row?.failures ?? 0,
    setAside,
    nextRunAt: paused ? undefined : nextRun(schedule, row?.notBefore ?? 0, now),
  };
}
