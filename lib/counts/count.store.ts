import { Injectable } from '@nestjs/common';
import { LessThan, LessThanOrEqual } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { CountEntity } from './count.entity.js';
import type { CountGrain } from './counted.js';

/** Most rows of one statement: no database takes any number of parameters. */
const MAX_ROWS = 500;

/**
 * The counts of all processes. Each replaces its own rows only.
 *
 * @internal
 */
@Injectable()
export class CountStore {
  constructor(private readonly database: SqlDatabase) {}

  /** Writes totals, over those before: written twice, they count once. */
  async write(rows: readonly CountEntity[]): Promise<void> {
    await this.database.alone(async (manager) => {
      for (let start = 0; start < rows.length; start += MAX_ROWS) {
        await manager
          .createQueryBuilder()
          .insert()
          .into(CountEntity)
          .values(rows.slice(start, start + MAX_ROWS))
          .orUpdate(
            ['count', 'waiting', 'running'],
            ['grain', 'starts_at', 'what', 'name', 'process'],
          )
          .callListeners(false)
          .updateEntity(false)
          .execute();
      }
    });
  }

  /**
   * Deletes the oldest rows along the primary key.
   *
   * @param before spans that start earlier are too old
   * @param limit about how many rows; all rows of one span are deleted together
   * @returns whether there may be more
   */
  async prune(grain: CountGrain, before: number, limit: number): Promise<boolean> {
    const [last] = await this.database.onWriter((manager) =>
      manager.find(CountEntity, {
        select: { grain: true, startsAt: true },
        where: { grain, startsAt: LessThan(before) },
        order: { startsAt: 'ASC' },
        skip: limit - 1,
        take: 1,
      }),
    );
    const startsAt = last === undefined ? LessThan(before) : LessThanOrEqual(last.startsAt);
    await this.database.alone((manager) =>
      manager
        .createQueryBuilder()
        .delete()
        .from(CountEntity)
        .where({ grain, startsAt })
        .callListeners(false)
        .execute(),
    );
    return last !== undefined;
  }
}
