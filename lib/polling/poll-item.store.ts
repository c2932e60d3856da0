import { Inject, Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import type { FailedItem } from './page.reader.js';
import { PollItemEntity } from './poll-item.entity.js';

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

  /** What a poller tries again in each run, and what it has parked. */
  load(poller: string): Promise<PollItemEntity[]> {
    return this.database.read((manager) =>
      manager.find(PollItemEntity, { where: { poller }, order: { firstFailedAt: 'ASC' } }),
    );
  }

  /** What is parked, of one poller or of all. */
  parked(poller: string | undefined): Promise<PollItemEntity[]> {
    return this.database.read((manager) =>
      manager.find(PollItemEntity, {
        where: { parkedAt: Not(IsNull()), ...(poller === undefined ? {} : { poller }) },
        order: { poller: 'ASC', firstFailedAt: 'ASC' },
      }),
    );
  }

  /**
   * Notes that items have failed in a run.
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
        const before = await manager.findOneBy(PollItemEntity, { poller, item });
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
          parkedAt: before?.parkedAt ?? (isParked ? now : null),
        };
        await manager.save(PollItemEntity, entity);
        if (isParked && !before?.parkedAt) parked.push(entity);
      }
      return parked;
    });
  }

  /** The item was taken, or is given up by hand; false where there is none. */
  async remove(poller: string, item: string): Promise<boolean> {
    const { affected } = await this.database.managed((manager) =>
      manager.delete(PollItemEntity, { poller, item }),
    );
    return (affected ?? 0) > 0;
  }

  /** Has a parked item be tried in the next runs again; false where there is none. */
  async unpark(poller: string, item: string): Promise<boolean> {
    const { affected } = await this.database.managed((manager) =>
      manager.update(
        PollItemEntity,
        { poller, item, parkedAt: Not(IsNull()) },
        { attempts: 0, parkedAt: null },
      ),
    );
    return (affected ?? 0) > 0;
  }
}
