import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import type { PollCursorEntity } from './poll-cursor.entity.js';
import type { CronSchedule } from './cron.schedule.js';
import { PollCursorStore } from './poll-cursor.store.js';
import type { PollItemEntity } from './poll-item.entity.js';
import { PollItemStore } from './poll-item.store.js';
import { PollExplorer } from './poll.explorer.js';
import type { PollRunResult } from './poll-run-result.js';
import { PollRunner } from './poll.runner.js';
import type { PollTarget } from './poll-target.js';
import type { Poller } from './poller.js';
import { UnknownPollerError } from './unknown-poller.error.js';

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
  /**
   * When it runs next: at its next tick, or, where its API has postponed it, when that is over; `undefined`
   * while it is paused.
   */
  readonly nextRunAt: Date | undefined;
}

/**
 * What a poller could not take, and tries no more.
 *
 * @publicApi
 */
export interface ParkedItem {
  readonly poller: string;
  /** What tells it from the others of the poller. */
  readonly item: string;
  /** A row of the table, or an item of a page that is no event. */
  readonly kind: 'row' | 'event';
  /** As JSON: the row's position `{ value, key }`, or the item as far as JSON holds it. */
  readonly content: string;
  /** In how many runs it has failed. */
  readonly attempts: number;
  /** Why, in the last one. */
  readonly error: string;
  readonly firstFailedAt: Date;
  readonly parkedAt: Date;
}

/**
 * Lists the pollers, runs them by hand, and pauses them.
 *
 * @example
 * ```ts
 * const result = await polls.run('users');
 * if (result.outcome === 'done') console.log(`${result.accepted} changes`);
 * ```
 * @publicApi
 */
@Injectable()
export class PollRegistry {
  constructor(
    private readonly explorer: PollExplorer,
    private readonly cursors: PollCursorStore,
    private readonly items: PollItemStore,
    private readonly runner: PollRunner,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** All pollers of this application. */
  async list(): Promise<PollerStatus[]> {
    const pollers = this.explorer.all();
    const rows = await this.cursors.load(pollers.map(({ name }) => name));
    const byName = new Map(rows.map((row) => [row.name, row]));
    return pollers.map((poller) => toStatus(poller, byName.get(poller.name), this.clock.now()));
  }

  /**
   * Runs a poller now, whatever its schedule says, and waits for the end of the run. Not to be called
   * inside of a transaction.
   *
   * @param name the poller's name
   * @throws {UnknownPollerError}
   */
  async run(name: string): Promise<PollRunResult> {
    return this.runner.run(this.find(name));
  }

  /**
   * Keeps a poller from being run, in every process and also after a restart. A run that goes on at the
   * moment is not interrupted.
   *
   * @param name the poller's name
   * @throws {UnknownPollerError}
   */
  async pause(name: string): Promise<void> {
    await this.setPaused(name, true);
  }

  /**
   * Ends a pause. The next run goes on where the last one ended, so nothing is missed.
   *
   * @param name the poller's name
   * @throws {UnknownPollerError}
   */
  async resume(name: string): Promise<void> {
    await this.setPaused(name, false);
  }

  /**
   * Has a poller go on elsewhere, in all processes. A run that goes on at the moment ends as `stopped` after
   * the page that it is at. Events whose id is in the inbox already are duplicates and handled no second
   * time, unless `repeat` says so.
   *
   * @param name the poller's name
   * @param to `'beginning'`, `'now'` (of tables only), or a position
   * @param options `repeat`: whether rows of a table are told again that were told before, and rows that have
   * got their numbers. @default { repeat: false }
   * @throws {UnknownPollerError}
   * @throws {TypeError} for a position that the poller cannot have
   * @example
   * ```ts
   * await polls.reset('users', { value: '2026-01-01T00:00:00.000000' });
   * await polls.reset('orders', 'beginning', { repeat: true }); // the table's ids start again
   * ```
   */
  async reset(
    name: string,
    to: PollTarget,
    { repeat = false }: { readonly repeat?: boolean } = {},
  ): Promise<void> {
    const poller = this.find(name);
    if (
      to !== 'beginning' &&
      to !== 'now' &&
      (to as unknown as object | null)?.constructor !== Object
    ) {
      throw new TypeError("Expected `to` to be 'beginning', 'now' or { value, key }.");
    }
    await this.cursors.register(poller);
    const { cursor, lookBack } = await this.cursors.progressOf(poller.name);
    const progress = await poller.reader.moveTo(to, { cursor, lookBack }, repeat);
    await this.cursors.reset(poller.name, progress);
  }

  /**
   * What pollers could not take and try no more: rows that their method threw for time and again, and items
   * of pages that are no events. The others have gone on.
   *
   * @param name the poller's name; of all pollers without it
   */
  async parked(name?: string): Promise<ParkedItem[]> {
    const items = await this.items.parked(name === undefined ? undefined : this.find(name).name);
    return items.map(toParked);
  }

  /**
   * Tries a parked row again in the next runs, as if it had never failed, and runs the poller.
   *
   * @param name the poller's name
   * @param item what {@link ParkedItem.item} says
   * @returns false where there is no such item
   * @throws {UnknownPollerError}
   */
  async retryParked(name: string, item: string): Promise<boolean> {
    const poller = this.find(name);
    if (!(await this.items.unpark(name, item))) return false;
    await this.runner.run(poller);
    return true;
  }

  /**
   * Gives a parked row or item up.
   *
   * @param name the poller's name
   * @param item what {@link ParkedItem.item} says
   * @returns false where there is no such item
   * @throws {UnknownPollerError}
   */
  dropParked(name: string, item: string): Promise<boolean> {
    return this.items.remove(this.find(name).name, item);
  }

  private async setPaused(name: string, paused: boolean): Promise<void> {
    const poller = this.find(name);
    await this.cursors.register(poller);
    await this.cursors.setPaused(poller.name, paused);
  }

  private find(name: string): Poller {
    const poller = this.explorer.all().find((candidate) => candidate.name === name);
    if (poller === undefined) throw new UnknownPollerError(name, this.explorer.names());
    return poller;
  }
}

function toParked(entity: PollItemEntity): ParkedItem {
  const { poller, item, kind, content, attempts, error, firstFailedAt, parkedAt } = entity;
  return {
    poller,
    item,
    kind,
    content,
    attempts,
    error,
    firstFailedAt: new Date(firstFailedAt),
    parkedAt: new Date(parkedAt ?? firstFailedAt),
  };
}

/** Ticks until then are skipped. */
function nextRun(schedule: CronSchedule, notBefore: number, now: number): Date {
  return notBefore > now ? new Date(notBefore) : schedule.next();
}

function toStatus(
  { name, schedule }: Poller,
  row: PollCursorEntity | undefined,
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
    nextRunAt: paused ? undefined : nextRun(schedule, row?.notBefore ?? 0, now),
  };
}
