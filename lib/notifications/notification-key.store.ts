import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { NotificationKeyEntity } from './notification-key.entity.js';

/**
 * Takes and frees keys of notifications.
 *
 * @internal
 */
@Injectable()
export class NotificationKeyStore {
  constructor(private readonly database: SqlDatabase) {}

  /**
   * Stores the promise of a key, unless there is one that has not expired. The primary key decides between two
   * that come at the same time: the later one waits for the earlier one's transaction.
   *
   * @returns id of the notification that has the key: the given one, or that of the one that was there
   */
  async take(manager: EntityManager, wanted: NotificationKeyEntity): Promise<string> {
    const { digest, notificationId, createdAt, expiresAt } = wanted;
    for (;;) {
      const insert = manager
        .createQueryBuilder()
        .insert()
        .into(NotificationKeyEntity)
        .values(wanted)
        // Nothing is read back.
        .updateEntity(false);
      await this.database.keepExisting(insert, ['digest']).execute();
      const stored = await manager.findOne(NotificationKeyEntity, {
        where: { digest },
        ...this.database.findingLatest,
      });
      // A cancellation or the retention has deleted it meanwhile: the insert is free now.
      if (stored === null) continue;
      const holder = stored.notificationId;
      const isValid = stored.expiresAt === null || stored.expiresAt > createdAt;
      if (holder === notificationId || isValid) return holder;
      // The condition decides between two that replace it at the same time.
      const { affected } = await manager.update(
        NotificationKeyEntity,
        { digest, notificationId: holder },
        { notificationId, createdAt, expiresAt },
      );
      if (affected === 1) return notificationId;
    }
  }

  /** Frees the keys that these notifications have; a key that another one has by now stays. */
  async free(
    manager: EntityManager,
    notifications: readonly { readonly id: string; readonly keyDigest: string | null }[],
  ): Promise<void> {
    const digests = notifications.flatMap(({ keyDigest }) => keyDigest ?? []);
    if (digests.length === 0) return;
    await manager.delete(NotificationKeyEntity, {
      digest: In(digests),
      notificationId: In(notifications.map(({ id }) => id)),
    });
  }
}
