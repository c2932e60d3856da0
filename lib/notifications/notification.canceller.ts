import { Injectable } from '@nestjs/common';
import { In, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { JobEntity } from '../queue/job.entity.js';
import { FIRST_LEASE } from '../queue/job.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { NotificationEntity } from './notification.entity.js';
import { NOTIFICATION_JOB } from './notification-job.js';
import { NotificationKeyStore } from './notification-key.store.js';

/** How many notifications are looked at in one transaction. */
const BATCH = 500;

/**
 * What became of the notifications that a key was cancelled for. Those that had been discarded or cancelled
 * before are not counted.
 *
 * @publicApi
 */
export interface NotificationCancellation {
  /** Not sent, and they will not be: no attempt had begun. */
  readonly cancelled: number;
  /**
   * No further attempt begins. An attempt before failed or was interrupted, and may have reached the recipient
   * if it ended without an answer.
   */
  readonly stopped: number;
  /** An attempt runs: they may be sent, and are tried again if it fails. Cancel once more for those. */
  readonly sending: number;
  /** Sent before. */
  readonly sent: number;
}

type Counts = { -readonly [Key in keyof NotificationCancellation]: number };
type Where = FindOptionsWhere<NotificationEntity>;
type Found = Pick<NotificationEntity, 'id' | 'keyDigest' | 'sentAt' | 'queued'>;
type Job = Pick<JobEntity, 'id' | 'state' | 'lease'>;

/** `ended` before; `unclear` if its state has changed meanwhile. */
type Fate = keyof NotificationCancellation | 'ended' | 'unclear';

/**
 * Cancels notifications that wait. The change of a job that waits decides against a process that claims it at
 * the same time: one of the two takes effect.
 *
 * @internal
 */
@Injectable()
export class NotificationCanceller {
  constructor(
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    private readonly keys: NotificationKeyStore,
  ) {}

  /**
   * Cancels notifications batch by batch, and frees their keys.
   *
   * @param where which ones, by an index that gives them in the order of their ids
   * @param manager the transaction for all batches; otherwise each has one of its own
   */
  async cancel(
    where: Where,
    manager: EntityManager | undefined,
  ): Promise<NotificationCancellation> {
    const counts: Counts = { cancelled: 0, stopped: 0, sending: 0, sent: 0 };
    let from: Where = where;
    for (;;) {
      const run = (own: EntityManager): Promise<Batch> => this.cancelBatch(own, from);
      // A batch that is tried again after a conflict must not count twice.
      const batch = await (manager === undefined ? this.database.managed(run) : run(manager));
      for (const fate of batch.fates) if (fate !== 'ended') counts[fate]++;
      if (batch.last === undefined) return counts;
      from = { ...where, id: MoreThan(batch.last) };
    }
  }

  private async cancelBatch(manager: EntityManager, where: Where): Promise<Batch> {
    const found = await this.find(manager, where);
    const fates: Batch['fates'][number][] = [];
    const ended: Found[] = [];
    let left = found;
    while (left.length > 0) {
      const unclear: string[] = [];
      const jobs = await this.jobsOf(manager, left);
      for (const notification of left) {
        const fate = await this.fateOf(manager, notification, jobs.get(notification.id));
        if (fate === 'unclear') unclear.push(notification.id);
        else fates.push(fate);
        if (fate === 'cancelled' || fate === 'stopped') ended.push(notification);
      }
      left = unclear.length === 0 ? [] : await this.find(manager, { id: In(unclear) });
    }
    await this.keys.free(manager, ended);
    return { fates, last: found.length === BATCH ? found.at(-1)?.id : undefined };
  }

  private async fateOf(
    manager: EntityManager,
    { id, sentAt, queued }: Found,
    job: Job | undefined,
  ): Promise<Fate> {
    if (sentAt !== null) return 'sent';
    if (job === undefined) return queued ? 'ended' : this.leaveUnqueued(manager, id);
    switch (job.state) {
      case 'running':
        return 'sending';
      case 'completed':
        return 'sent';
      case 'discarded':
      case 'cancelled':
        return 'ended';
      default: {
        const isWithdrawn = await this.queue.withdraw(manager, job.id);
        if (!isWithdrawn) return 'unclear';
        return job.lease > FIRST_LEASE ? 'stopped' : 'cancelled';
      }
    }
  }

  /** An earlier version has lost its job, and the recovery would give it another one. */
  private async leaveUnqueued(manager: EntityManager, id: string): Promise<Fate> {
    const { affected } = await manager.update(
      NotificationEntity,
      { id, queued: false },
      { queued: true },
    );
    return affected === 1 ? 'cancelled' : 'unclear';
  }

  private find(manager: EntityManager, where: Where): Promise<Found[]> {
    return manager.find(NotificationEntity, {
      select: { id: true, keyDigest: true, sentAt: true, queued: true },
      where,
      order: { id: 'ASC' },
      take: BATCH,
      ...this.database.findingLatest,
    });
  }

  private async jobsOf(
    manager: EntityManager,
    notifications: readonly Found[],
  ): Promise<ReadonlyMap<string, Job>> {
    const jobs = await manager.find(JobEntity, {
      select: { id: true, ref: true, state: true, lease: true },
      where: { ref: In(notifications.map(({ id }) => id)), kind: NOTIFICATION_JOB },
      ...this.database.findingLatest,
    });
    return new Map(jobs.map((job) => [job.ref, job]));
  }
}

interface Batch {
  readonly fates: readonly Exclude<Fate, 'unclear'>[];
  /** Id of its last notification, if there may be more. */
  readonly last: string | undefined;
}
