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

  async add(manager: EntityManager, row: NotificationEntity): Promise<void> {
    await manager
      .createQueryBuilder()
      .insert()
      .into(NotificationEntity)
      .values(row)
      // Columns that have a default would be read back.
      .updateEntity(false)
      .execute();
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
