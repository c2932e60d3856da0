import { Injectable } from '@nestjs/common';
import { In, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { TimerEntity } from './timer.entity.js';

/**
 * Reads and writes timers. Whoever changes a timer locks its row first and its job afterwards.
 *
 * @internal
 */
@Injectable()
export class TimerStore {
  constructor(private readonly database: SqlDatabase) {}

  /**
   * Stores a timer, unless there is one with its name and key, which is locked then until the transaction ends.
   * The unique index decides between two that come at the same time: the later one waits for the earlier one's
   * transaction.
   *
   * @returns the one that is stored: the row itself, or the one that was there
   */
  async addOrHold(manager: EntityManager, row: TimerEntity): Promise<TimerEntity> {
    // Each database locks what it writes, and this update changes nothing. On MySQL, an INSERT IGNORE would
    // share its lock with another, and each would wait for the other's end.
    await manager
      .createQueryBuilder()
      .insert()
      .into(TimerEntity)
      .values(row)
      .orUpdate(['name'], ['name', 'timer_key', 'latest'])
      .updateEntity(false)
      .execute();
    return manager.findOneOrFail(TimerEntity, {
      select: { id: true, jobId: true },
      where: latestOf(row.name, row.key),
      ...this.database.findingLatest,
    });
  }

  /** Stores a timer in the place of one that {@link addOrHold} found, and whose time is over. */
  async succeed(manager: EntityManager, before: string, row: TimerEntity): Promise<void> {
    await manager.update(TimerEntity, { id: before }, { latest: null });
    await manager
      .createQueryBuilder()
      .insert()
      .into(TimerEntity)
      .values(row)
      .updateEntity(false)
      .execute();
  }

  async update(
    manager: EntityManager,
    id: string,
    change: Partial<Pick<TimerEntity, 'payload' | 'runAt' | 'setAt' | 'jobId'>>,
  ): Promise<void> {
    await manager.update(TimerEntity, { id }, change);
  }

  /** The timer that was set last with this name and key, locked until the transaction ends. */
  async hold(manager: EntityManager, name: string, key: string): Promise<TimerEntity | null> {
    const where = latestOf(name, key);
    for (;;) {
      const found = await manager.findOne(TimerEntity, {
        select: { id: true, jobId: true },
        where,
        ...(this.database.locksRows && { lock: { mode: 'pessimistic_write' } }),
      });
      // The transaction that it waited for may have replaced the row by another, which PostgreSQL does not look
      // for any more.
      if (found !== null || !(await this.isThere(manager, where))) return found;
    }
  }

  /** The timers with these ids; ids that do not exist are left out. */
  async load(ids: readonly string[]): Promise<Map<string, TimerEntity>> {
    const rows = await this.database.onWriter((manager) =>
      manager.findBy(TimerEntity, { id: In([...ids]) }),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  private async isThere(
    manager: EntityManager,
    where: FindOptionsWhere<TimerEntity>,
  ): Promise<boolean> {
    const found = await manager.findOne(TimerEntity, {
      select: { id: true },
      where,
      ...this.database.findingLatest,
    });
    return found !== null;
  }
}

function latestOf(name: string, key: string): FindOptionsWhere<TimerEntity> {
  return { name, key, latest: true };
}
