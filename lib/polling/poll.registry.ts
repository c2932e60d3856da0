import { Injectable } from '@nestjs/common';
import type { Page, PageOptions } from '../database/paging/page.js';
import { isWhole } from './api/api-item-name.js';
import { PollCursorStore } from './cursor/poll-cursor.store.js';
import type { PollItemFilter } from './aside/poll-item.list.js';
import { PollItemStore } from './aside/poll-item.store.js';
import type { PollItem, PollItemView } from './aside/poll-item.view.js';
import { PollExplorer } from './poll.explorer.js';
import type { PollRunResult } from './poll-run-result.js';
import { PollRunner } from './run/poll.runner.js';
import type { PollTarget } from './poll-target.js';
import { PolledEventError } from './polled-event.error.js';
import type { Poller } from './poller.js';
import { PollerList, type PollerFilter } from './poller.list.js';
import type { PollerView } from './poller.view.js';
import { UnknownPollerError } from './unknown-poller.error.js';

/**
 * Lists the pollers and what they could not take, runs pollers by hand, pauses and resets them.
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
    private readonly pollers: PollerList,
    private readonly runner: PollRunner,
  ) {}

  /**
   * Lists the pollers of this application by name.
   *
   * @param filter which pollers. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  list(filter: PollerFilter = {}, page: PageOptions = {}): Promise<Page<PollerView>> {
    return this.pollers.list(filter, page);
  }

  /** The poller of this application with this name, or `undefined`. */
  get(name: string): Promise<PollerView | undefined> {
    return this.pollers.get(name);
  }

  /**
   * Runs a poller now, whatever its schedule says, and waits for the end of the run. Call it outside of
   * transactions.
   *
   * @param name the poller's name
   * @throws {UnknownPollerError}
   */
  async run(name: string): Promise<PollRunResult> {
    return this.runner.run(this.find(name));
  }

  /**
   * Keeps a poller from being run, in every process and also after a restart. A run in progress is
   * not interrupted.
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
   * Moves a poller to another position, in all processes. A run in progress ends as `stopped` after its current
   * page. Events whose ids are in the inbox already are duplicates, which no handler gets again, unless `repeat`
   * says so.
   *
   * @param name the poller's name
   * @param to `'beginning'`, `'now'` (of tables only), or a position
   * @param options `repeat`: whether rows of a table are reported again, and new rows that have the ids of
   * earlier ones reported too. @default { repeat: false }
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
   * Lists what pollers could not take and no longer retry, by the names of the pollers and items: rows that failed
   * in `onRowError.parkAfter` runs, and items of pages that are not events. Those of pollers that no longer exist
   * are listed too.
   *
   * @param filter which of them. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   * @example
   * ```ts
   * const { items } = await polls.parked({ poller: 'users' });
   * for (const { poller, item } of items) await polls.retryParked(poller, item);
   * ```
   */
  parked(filter: PollItemFilter = {}, page: PageOptions = {}): Promise<Page<PollItemView>> {
    return this.items.list('parked', filter, page);
  }

  /**
   * Lists the rows that pollers could not take, and retry in each run until the row is taken or parked, by the
   * names of the pollers and items. Those of pollers that no longer exist are listed too.
   *
   * @param filter which of them. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  setAside(filter: PollItemFilter = {}, page: PageOptions = {}): Promise<Page<PollItemView>> {
    return this.items.list('set-aside', filter, page);
  }

  /**
   * One row or item that is parked or set aside, with its content, or `undefined`.
   *
   * @param name the poller's name
   * @param item what {@link PollItemView.item} says
   */
  item(name: string, item: string): Promise<PollItem | undefined> {
    return this.items.get(name, item);
  }

  /**
   * Has a parked row retried in the next runs, as if it had never failed, and runs the poller now.
   *
   * @param name the poller's name
   * @param item what {@link PollItemView.item} says
   * @returns false where no such item is parked
   * @throws {UnknownPollerError}
   * @throws {PolledEventError} for an item of a page that was too large to be kept whole
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
   * Gives up a parked or set-aside row or item for good. The poller passes it over when it finds it again, unless
   * the row has changed.
   *
   * @param name the poller's name
   * @param item what {@link PollItemView.item} says
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
