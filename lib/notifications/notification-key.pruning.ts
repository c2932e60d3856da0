import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { Pruner } from '../retention/pruner.js';
import type { Prunable, PruneCutoffs } from '../retention/table.pruner.js';
import { NotificationKeyEntity } from './notification-key.entity.js';

/**
 * Deletes keys whose time is over, along the index of that time.
 *
 * @internal
 */
@Injectable()
export class NotificationKeyPruning implements Prunable, OnModuleInit {
  constructor(
    private readonly database: SqlDatabase,
    private readonly pruner: Pruner,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.pruner.add(this);
  }

  async prune(_cutoffs: PruneCutoffs, limit: number): Promise<string | undefined> {
    const expired = { expiresAt: LessThanOrEqual(this.clock.now()) };
    const keys = await this.database.onWriter((manager) =>
      manager.find(NotificationKeyEntity, {
        select: { digest: true },
        where: expired,
        order: { expiresAt: 'ASC' },
        take: limit,
      }),
    );
    if (keys.length === 0) return undefined;
    const digest = In(keys.map((key) => key.digest));
    // A new notification may have taken the key meanwhile.
    await this.database.managed((manager) =>
      manager.delete(NotificationKeyEntity, { digest, ...expired }),
    );
    return keys.length === limit ? keys.at(-1)?.digest : undefined;
  }
}
