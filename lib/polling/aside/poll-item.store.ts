import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import type { Page, PageOptions } from '../../database/paging/page.js';
import { SqlDatabase } from '../../database/sql-database.js';
import { describeError } from '../../errors/describe-error.js';
import { AsideItems } from './aside-items.js';
import type { FailedItem } from './item-name.js';
import { PollItemEntity } from './poll-item.entity.js';
import {
  readPollItem,
  readPollItems,
  type PollItemFilter,
  type PollItemState,
} from './poll-item.list.js';
import type { PollItem, PollItemView } from './poll-item.view.js';

/** The kinds of rows and items; the others are marks. */
const ITEMS = In(['row', 'event']);

/** The name of the mark of where a poller holds; no row or item has it. */
const HELD = 'held';

/**
 * What pollers could not take, and have set aside.
 *
 * @internal
 */
@Injectable()
export class PollItemStore {
  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** What a poller has set aside, without the contents of a page's items: they may be large, and no run needs them. */
  async load(poller: string): Promise<AsideItems> {
    const names = { item: true, kind: true, parkedAt: true, lastFailedAt: true } as const;
    return this.database.read(async (manager) => {
      const events = await manager.find(PollItemEntity, {
        select: names,
        where: { poller, kind: 'event' },
      });
      const others = await manager.find(PollItemEntity, {
        select: { ...names, content: true },
        where: { poller, kind: Not('event') },
      });
      return new AsideItems([...others, ...events]);
    });
  }

  find(poller: string, item: string): Promise<PollItemEntity | null> {
    return this.database.read((manager) => manager.findOneBy(PollItemEntity, { poller, item }));
  }

  list(
    state: PollItemState,
    filter: PollItemFilter,
    page: PageOptions,
  ): Promise<Page<PollItemView>> {
    return this.database.read((manager) => readPollItems(manager, state, filter, page));
  }

  get(poller: string, item: string): Promise<PollItem | undefined> {
    return this.database.read((manager) => readPollItem(manager, poller, item));
  }

  /** How many items of these pollers are retried in each run, by the pollers' names. */
  async counts(pollers: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (pollers.length === 0) return new Map();
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(PollItemEntity, 'item')
        .select('item.poller', 'poller')
        .addSelect('COUNT(*)', 'waiting')
        .where('item.poller IN (:...pollers) AND item.parkedAt IS NULL', { pollers })
        .groupBy('item.poller')
        .getRawMany<{ poller: string; waiting: number | string }>(),
    );
    return new Map(rows.map(({ poller, waiting }) => [poller, Number(waiting)]));
  }

  /**
   * Notes that items have failed in a run. One that was parked or dropped has changed since, so its count starts at 1.
   *
   * @param parkAfter in how many runs one may fail until it is parked
   * @returns those that are parked now
   */
  async fail(
    poller: string,
    items: readonly FailedItem[],
    parkAfter: number,
  ): Promise<PollItemEntity[]> {
    const now = this.clock.now();
    return this.database.managed(async (manager) => {
      const parked: PollItemEntity[] = [];
      for (const { item, kind, content, error } of items) {
        const stored = await manager.findOneBy(PollItemEntity, { poller, item });
        const before = stored?.parkedAt === null ? stored : undefined;
        const attempts = (before?.attempts ?? 0) + 1;
        const isParked = kind === 'event' || attempts >= parkAfter;
        const entity: PollItemEntity = {
          poller,
          item,
          kind,
          content,
          attempts,
          error: describeError(error),
          firstFailedAt: before?.firstFailedAt ?? now,
          lastFailedAt: now,
          parkedAt: isParked ? now : null,
        };
        await manager.save(PollItemEntity, entity);
        if (isParked) parked.push(entity);
      }
      return parked;
    });
  }

  /**
   * Notes that a run could not go on at a place.
   *
   * @param why it could not
   * @param item the place
   * @param movesOnFrom after how many runs the count goes on at whatever place. @default never
   * @returns in how many runs that was so
   */
  hold(
    poller: string,
    why: 'failed' | 'postponed',
    item: string,
    movesOnFrom = Infinity,
  ): Promise<number> {
    const now = this.clock.now();
    const content = JSON.stringify({ why, item });
    const sameReason = JSON.stringify({ why }).slice(0, -1);
    return this.database.managed(async (manager) => {
      const before = await manager.findOneBy(PollItemEntity, { poller, item: HELD });
      const runs = before?.content.startsWith(sameReason) ? before.attempts : 0;
      const isSame = before?.content === content || runs >= movesOnFrom;
      const attempts = isSame ? runs + 1 : 1;
      await manager.save(PollItemEntity, {
        poller,
        item: HELD,
        kind: 'held',
        content,
        attempts,
        error: '',
        firstFailedAt: now,
        lastFailedAt: now,
        // Processes of the version before take it for a parked item, and do not retry it.
        parkedAt: now,
      });
      return attempts;
    });
  }

  /** Deletes the mark: the poller has gone on. */
  async letGo(poller: string): Promise<void> {
    await this.remove(poller, HELD);
  }

  /** Deletes an item that was taken. */
  async remove(poller: string, item: string): Promise<void> {
    await this.database.managed((manager) => manager.delete(PollItemEntity, { poller, item }));
  }

  /** Gives an item up: a mark has runs pass it over when it is shown again. False where there is no such item. */
  async drop(poller: string, item: string): Promise<boolean> {
    const now = this.clock.now();
    return this.database.managed(async (manager) => {
      const before = await manager.findOneBy(PollItemEntity, { poller, item, kind: ITEMS });
      if (before === null) return false;
      const content = before.kind === 'row' ? before.content : '';
      await manager.update(
        PollItemEntity,
        { poller, item },
        { kind: 'dropped', content, parkedAt: now, lastFailedAt: now },
      );
      return true;
    });
  }

  /** Notes that these marks are still needed. */
  async touch(poller: string, items: readonly string[]): Promise<void> {
    if (items.length === 0) return;
    const lastFailedAt = this.clock.now();
    await this.database.managed((manager) =>
      manager.update(PollItemEntity, { poller, item: In([...items]) }, { lastFailedAt }),
    );
  }

  /** Has the next runs retry a parked item; false where there is no such item. */
  async unpark(poller: string, item: string): Promise<boolean> {
    const { affected } = await this.database.managed((manager) =>
      manager.update(
        PollItemEntity,
        { poller, item, kind: ITEMS, parkedAt: Not(IsNull()) },
        { attempts: 0, parkedAt: null },
      ),
    );
    return (affected ?? 0) > 0;
  }
}
