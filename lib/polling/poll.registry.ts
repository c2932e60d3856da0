import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { isWhole } from './api/api-item-name.js';
import { PollCursorStore } from './cursor/poll-cursor.store.js';
import { PollItemStore } from './aside/poll-item.store.js';
import { PollExplorer } from './poll.explorer.js';
import type { PollRunResult } from './poll-run-result.js';
import { PollRunner } from './run/poll.runner.js';
import type { PollTarget } from './poll-target.js';
import { PolledEventError } from './polled-event.error.js';
import type { Poller } from './poller.js';
import {
  toParked,
  toSetAside,
  toStatus,
  type ParkedItem,
  type PollerStatus,
  type SetAsideItem,
} from './poller.views.js';
import { UnknownPollerError } from './unknown-poller.error.js';

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
    const aside = await this.items.counts();
    const now = this.clock.now();
    return pollers.map((poller) => {
      const { name } = poller;
      return toStatus(poller, byName.get(name), aside.get(name) ?? 0, now);
    });
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
   * of pages that are not events. The others have gone on.
   *
   * @param name the poller's name; of all pollers without it
   */
  async parked(name?: string): Promise<ParkedItem[]> {
    const poller = name === undefined ? undefined : this.find(name).name;
    return (await this.items.list(poller, true)).map(toParked);
  }

  /**
   * What pollers could not take so far, and try again in their runs until it is taken or parked.
   *
   * @param name the poller's name; of all pollers without it
   */
  async setAside(name?: string): Promise<SetAsideItem[]> {
    const poller = name === undefined ? undefined : this.find(name).name;
    return (await this.items.list(poller, false)).map(toSetAside);
  }

  /**
   * Tries a parked row again in the next runs, as if it had never failed, and runs the poller.
   *
   * @param name the poller's name
   * @param item what {@link ParkedItem.item} says
   * @returns false where there is no such item
   * @throws {UnknownPollerError}
   * @throws {PolledEventError} for an item of a page that is not kept whole
   */
  async retryParked(name: string, item: string): Promise<boolean> {
    const poller = this.find(name);
    const parked = await this.items.find(name, item);
    if (parked?.kind === 'event' && !isWhole(parked.content)) {
      throw new PolledEventError(
        `The item '${item}' of the poller '${name}' cannot be tried again: it is too large to be kept whole, or ` +
          'JSON cannot hold it. Have the method give it again as it should be, and drop this one.',
      );
    }
    if (!(await this.items.unpark(name, item))) return false;
    await this.runner.run(poller);
    return true;
  }

  /**
   * Gives a row or item up that is parked or set aside. It stays so when it is shown again, unless the row changes.
   *
   * @param name the poller's name
   * @param item what {@link ParkedItem.item} says
   * @returns false where there is no such item
   * @throws {UnknownPollerError}
   */
  dropParked(name: string, item: string): Promise<boolean> {
    return this.items.drop(this.find(name).name, item);
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
