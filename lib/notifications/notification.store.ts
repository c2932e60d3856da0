import { Injectable } from '@nestjs/common';
import { In, IsNull, type EntityManager } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { NotificationEntity } from './notification.entity.js';

/** What is recorded when the other side took a notification. */
export interface SentMark {
  readonly id: string;
  readonly sentAt: number;
  readonly receipt: string | null;
}

/**
 * Reads and writes notifications.
 *
 * @internal
 */
@Injectable()
export class NotificationStore {
  constructor(private readonly database: SqlDatabase) {}

  /**
   * Stores a notification, unless there is one with its channel and key. The unique index decides
   * between two that come at the same time: the later one waits for the earlier one's transaction.
   *
   * @returns id of the stored one: the row's own, or that of the one that was there
   */
  async add(manager: EntityManager, row: NotificationEntity): Promise<string> {
    const { channel, key } = row;
    const insert = manager
      .createQueryBuilder()
      .insert()
      .into(NotificationEntity)
      .values(row)
      // Columns that have a default would be read back.
      .updateEntity(false);
    if (key === null) {
      await insert.execute();
      return row.id;
    }
    await this.database.keepExisting(insert, ['channel', 'key']).execute();
    const stored = await manager.findOneOrFail(NotificationEntity, {
      select: { id: true },
      where: { channel, key },
      ...this.database.findingLatest,
    });
    return stored.id;
  }

  /** The notifications with these ids; ids that do not exist are left out. */
  async load(ids: readonly string[]): Promise<Map<string, NotificationEntity>> {
    const rows = await this.database.onWriter((manager) =>
      manager.findBy(NotificationEntity, { id: In([...ids]) }),
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Records that a notification was sent. The first time counts. */
  async markSent(manager: EntityManager, { id, sentAt, receipt }: SentMark): Promise<void> {
    await manager.update(NotificationEntity, { id, sentAt: IsNull() }, { sentAt, receipt });
  }
}
