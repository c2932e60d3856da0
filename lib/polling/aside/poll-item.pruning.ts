import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThanOrEqual, Not, type EntityManager } from 'typeorm';
import { SqlDatabase } from '../../database/sql-database.js';
import { PollCursorEntity } from '../cursor/poll-cursor.entity.js';
import { PollExplorer } from '../poll.explorer.js';
import { PollItemEntity } from './poll-item.entity.js';

/**
 * Deletes old items that pollers could not take: those that are parked, and those that wait for a poller that no
 * longer exists. Items that a poller still retries stay.
 *
 * @internal
 */
@Injectable()
export class PollItemPruning {
  constructor(
    private readonly database: SqlDatabase,
    private readonly explorer: PollExplorer,
  ) {}

  /**
   * Deletes one batch.
   *
   * @param cutoffs what is too old
   * @param limit most items of the batch
   * @returns its last item; `undefined` when there is no more to delete
   */
  async prune(
    { discardedBefore }: { readonly discardedBefore: number },
    limit: number,
  ): Promise<string | undefined> {
    const lastFailedAt = LessThan(discardedBefore);
    const items = await this.database.onWriter(async (manager) => {
      const alive = await this.pollersSince(discardedBefore, manager);
      return manager.find(PollItemEntity, {
        select: { poller: true, item: true, parkedAt: true },
        where: [
          { lastFailedAt, parkedAt: Not(IsNull()) },
          { lastFailedAt, poller: Not(In(alive)) },
        ],
        take: limit,
      });
    });
    if (items.length === 0) return undefined;
    await this.database.alone(async (manager) => {
      for (const { poller, item, parkedAt } of items) {
        // The deletion checks again: an operator may be retrying an item by hand.
        const state = { poller, item, lastFailedAt, parkedAt: parkedAt ?? IsNull() };
        const deletion = manager.createQueryBuilder().delete().from(PollItemEntity);
        await deletion.where(state).callListeners(false).execute();
      }
    });
    return items.length < limit ? undefined : items.at(-1)?.item;
  }

  /** Pollers of this process, those that another process has run since, and paused ones. */
  private async pollersSince(instant: number, manager: EntityManager): Promise<string[]> {
    const rows = await manager.find(PollCursorEntity, {
      select: { name: true },
      where: [{ paused: true }, { lastStartedAt: MoreThanOrEqual(instant) }],
    });
    return [...this.explorer.names(), ...rows.map(({ name }) => name)];
  }
}
