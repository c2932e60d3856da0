import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { firstKeyOf } from '../database/first-key-of.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { Row, Steps } from '../database/statement.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { Pruner } from '../retention/pruner.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import {
  RETENTION_OPTIONS,
  type ResolvedRetentionOptions,
} from '../retention/retention.options.js';
import { NotificationEntity } from './notification.entity.js';
import { NOTIFICATION_JOB } from './notification-job.js';

const DAY_MS = 86_400_000;

/** How many notifications are looked at in one transaction. */
const BATCH = 500;

/**
 * Sends the notifications that an earlier version has left without a job: an attempt that ended in the
 * middle of `notify()` could leave the one without the other, and the retry took the notification for a
 * duplicate. Several processes may do it at the same time.
 *
 * A job may also be gone because it was cancelled or discarded and then deleted: that takes as long as such
 * jobs are kept, so older notifications are left as they are. So are those that this version has stored.
 *
 * @internal
 */
@Injectable()
export class NotificationRecovery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    private readonly pruner: Pruner,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
    @Inject(RETENTION_OPTIONS.token) private readonly retention: ResolvedRetentionOptions,
  ) {}

  /** In the background: an application does not start later for it. */
  onApplicationBootstrap(): void {
    if (!this.options.enabled) return;
    this.running = this.recover().catch((error: unknown) => {
      const work = 'Looking for notifications without a job (once per start)';
      this.occurrences.failed(NotificationRecovery.name, work, error);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async recover(): Promise<void> {
    const { completedDays, discardedDays } = this.retention;
    const since = this.clock.now() - Math.min(completedDays, discardedDays) * DAY_MS;
    let from: string | undefined = firstKeyOf(since);
    let recovered = 0;
    do {
      const { ids, next } = await this.look(from, since);
      for (const id of ids) recovered += await this.queueAgain(id);
      from = next;
      await turn();
    } while (from !== undefined && !this.isStopped);
    if (recovered === 0) return;
    this.occurrences.publish({ kind: 'notifications.recovered', count: recovered });
  }

  /** Goes along the primary key, which is the order of age, so that no statement takes long. */
  private look(from: string, since: number): Promise<{ ids: string[]; next: string | undefined }> {
    const { database } = this;
    const { table, condition } = this.lost;
    return database.transaction(function* lookAtBatch(): Steps<{
      ids: string[];
      next: string | undefined;
    }> {
      const [row] = yield database.statement(
        `SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ${BATCH}`,
        [from],
      );
      const next = row === undefined ? undefined : idOf(row);
      const range = next === undefined ? 'id >= ?' : 'id >= ? AND id < ?';
      const found = yield database.statement(
        `SELECT id FROM ${table} WHERE ${range} AND created_at >= ? AND ${condition}`,
        [from, ...(next === undefined ? [] : [next]), since],
      );
      return { ids: found.map(idOf), next };
    }, 'readTimeoutMs');
  }

  /** The update decides between several processes: the later one finds that there is a job. */
  private queueAgain(id: string): Promise<number> {
    const { condition } = this.lost;
    return this.database.managed(async (manager) => {
      const { affected } = await manager
        .createQueryBuilder()
        .update(NotificationEntity)
        .set({ queued: true })
        .where(`id = :id AND ${condition}`, { id })
        .execute();
      if (affected !== 1) return 0;
      const { channel } = await manager.findOneByOrFail(NotificationEntity, { id });
      await this.queue.addWithin(manager, [{ kind: NOTIFICATION_JOB, name: channel, ref: id }]);
      return 1;
    });
  }

  private get lost(): { readonly table: string; readonly condition: string } {
    const table = this.database.table(NotificationEntity);
    return {
      table,
      condition: `NOT queued AND sent_at IS NULL AND ${this.pruner.withoutJobs(`${table}.id`)}`,
    };
  }
}

function idOf(row: Row): string {
  return String(row['id']);
}
