import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { pageOfNamed } from '../database/paging/page-of-named.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { PollItemStore } from './aside/poll-item.store.js';
import { PollCursorStore } from './cursor/poll-cursor.store.js';
import { PollExplorer } from './poll.explorer.js';
import type { Poller } from './poller.js';
import { toPollerView, VIEWED_COLUMNS, type PollerView, type ViewedRow } from './poller.view.js';

/**
 * Which pollers to list.
 *
 * @publicApi
 */
export interface PollerFilter {
  /** Only pollers that are paused by hand, or only those that are not. */
  readonly paused?: boolean;
  /** Only pollers that have failed since their last successful run, or only those that have not. */
  readonly failing?: boolean;
}

/** Pollers of this application, and what is stored of them, by name. */
interface KnownPollers {
  readonly pollers: readonly Poller[];
  readonly rows: ReadonlyMap<string, ViewedRow>;
}

/**
 * Reads what is known of the pollers of this application. All of them are in memory, so their names need no index.
 *
 * @internal
 */
@Injectable()
export class PollerList {
  constructor(
    private readonly explorer: PollExplorer,
    private readonly cursors: PollCursorStore,
    private readonly items: PollItemStore,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  async list({ paused, failing }: PollerFilter, page: PageOptions): Promise<Page<PollerView>> {
    const { pollers, rows } = await this.known(this.explorer.all());
    const wanted = pollers.filter(({ name }) => {
      const row = rows.get(name);
      return fits(paused, row?.paused ?? false) && fits(failing, (row?.failures ?? 0) > 0);
    });
    const { items, ...rest } = pageOfNamed(wanted, page);
    return { items: await this.viewsOf({ pollers: items, rows }), ...rest };
  }

  async get(name: string): Promise<PollerView | undefined> {
    const named = this.explorer.all().filter((poller) => poller.name === name);
    const [view] = await this.viewsOf(await this.known(named));
    return view;
  }

  private async known(pollers: readonly Poller[]): Promise<KnownPollers> {
    const names = pollers.map(({ name }) => name);
    const rows = await this.cursors.load(names, VIEWED_COLUMNS);
    return { pollers, rows: new Map(rows.map((row) => [row.name, row])) };
  }

  private async viewsOf({ pollers, rows }: KnownPollers): Promise<PollerView[]> {
    const setAside = await this.items.counts(pollers.map(({ name }) => name));
    const now = this.clock.now();
    return pollers.map((poller) => {
      const { name } = poller;
      return toPollerView(poller, rows.get(name), setAside.get(name) ?? 0, now);
    });
  }
}

function fits(wanted: boolean | undefined, value: boolean): boolean {
  return wanted === undefined || wanted === value;
}
