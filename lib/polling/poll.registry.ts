import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import type { PollCursorEntity } from './poll-cursor.entity.js';
import { PollCursorStore } from './poll-cursor.store.js';
import { PollExplorer } from './poll.explorer.js';
import type { PollRunResult } from './poll-run-result.js';
import { PollRunner } from './poll.runner.js';
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
  /** Why the last run failed; `undefined` when it did not. */
  readonly lastError: string | undefined;
  /** When its schedule runs it next; `undefined` while it is paused. */
  readonly nextRunAt: Date | undefined;
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
    nextRunAt: paused ? undefined : schedule.next(),
  };
}
