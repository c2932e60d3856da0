import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { ProcessEntity } from './process.entity.js';

/**
 * The processes that run the application, as they note themselves in the database.
 *
 * @internal
 */
@Injectable()
export class ProcessStore {
  constructor(private readonly database: SqlDatabase) {}

  /** Notes a process as it is now. It may have been forgotten while it slept. */
  async note(row: ProcessEntity): Promise<void> {
    await this.database.alone((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(ProcessEntity)
        .values(row)
        .orUpdate(['beat_at', 'stopped_at'], ['id'])
        .callListeners(false)
        .updateEntity(false)
        .execute(),
    );
  }

  /**
   * Forgets processes that have said nothing since this instant.
   *
   * @param limit most of them
   * @returns how many were found
   */
  async forget(before: number, limit: number): Promise<number> {
    const beatAt = LessThan(before);
    const rows = await this.database.onWriter((manager) =>
      manager.find(ProcessEntity, { select: { id: true }, where: { beatAt }, take: limit }),
    );
    if (rows.length === 0) return 0;
    await this.database.alone((manager) =>
      manager
        .createQueryBuilder()
        .delete()
        .from(ProcessEntity)
        // One of them may have woken up meanwhile.
        .where({ id: In(rows.map(({ id }) => id)), beatAt })
        .callListeners(false)
        .execute(),
    );
    return rows.length;
  }
}
