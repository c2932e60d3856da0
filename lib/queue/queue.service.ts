import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { validate as isUuid } from 'uuid';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { JobState } from './job.js';
import { JobEntity } from './job.entity.js';
import { QueueEngine } from './queue.engine.js';

/**
 * Which jobs to list.
 *
 * @publicApi
 */
export interface JobFilter {
  readonly state?: JobState;
  /** `handler` or `notification`. */
  readonly kind?: string;
  /** Name of the handler, rule or channel. */
  readonly name?: string;
  /** Key of the event or notification that the jobs are about. */
  readonly ref?: string;
  /** Most jobs to return. @default 100 */
  readonly limit?: number;
}

/**
 * How many jobs are not done.
 *
 * @publicApi
 */
export interface QueueCounts {
  /** Due, and waiting for a process with room. */
  readonly available: number;
  /** Held by a process. */
  readonly running: number;
  /** Failed, or postponed, and due later. */
  readonly retryable: number;
  /** Given up. */
  readonly discarded: number;
}

const RETRYABLE_BY_HAND: JobState[] = ['discarded', 'cancelled', 'retryable'];
const CANCELLABLE: JobState[] = ['available', 'retryable', 'running'];

/**
 * Looks into the queue and changes jobs by hand.
 *
 * @example
 * ```ts
 * for (const job of await queue.list({ state: 'discarded' })) await queue.retry(job.id);
 * ```
 * @publicApi
 */
@Injectable()
export class QueueService {
  constructor(
    private readonly database: SqlDatabase,
    private readonly engine: QueueEngine,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** Lists jobs, newest first. */
  list({ limit = 100, ...filter }: JobFilter = {}): Promise<JobEntity[]> {
    const where: FindOptionsWhere<JobEntity> = filter;
    return this.database.read((manager) =>
      manager.find(JobEntity, { where, order: { id: 'DESC' }, take: limit }),
    );
  }

  /** The job with this id, or `undefined`. */
  async get(id: string): Promise<JobEntity | undefined> {
    if (!isUuid(id)) return undefined;
    const job = await this.database.read((manager) => manager.findOneBy(JobEntity, { id }));
    return job ?? undefined;
  }

  /**
   * How many jobs wait, run, will be retried, and were given up. Cheap however many have completed:
   * for a metric, or a health check.
   */
  async counts(): Promise<QueueCounts> {
    const { rows, discarded, suspects } = await this.database.read(async (manager) => ({
      rows: await manager
        .createQueryBuilder(JobEntity, 'job')
        .select('job.state', 'state')
        .addSelect('COUNT(*)', 'count')
        .where('job.dueAt IS NOT NULL')
        .groupBy('job.state')
        .getRawMany<{ state: keyof QueueCounts; count: string | number }>(),
      discarded: await manager.countBy(JobEntity, { state: 'discarded' }),
      suspects: await manager.countBy(JobEntity, { rescueAt: Not(IsNull()) }),
    }));
    const counts = { available: 0, running: 0, retryable: 0, discarded };
    for (const { state, count } of rows) counts[state] = Number(count);
    counts.available += suspects;
    return counts;
  }

  /**
   * How long the job that has been due for longest waits for a process with room, in milliseconds; 0
   * where none does. It grows when handlers do not keep up, or no process runs jobs.
   */
  async oldestWaitingMs(): Promise<number> {
    const oldest = [await this.earliest('dueAt'), await this.earliest('rescueAt')];
    return Math.max(0, this.clock.now() - Math.min(...oldest));
  }

  /**
   * Runs a discarded, cancelled or waiting job again at once, with its full number of attempts.
   *
   * @returns false where there is no such job, or it is in another state
   */
  async retry(id: string): Promise<boolean> {
    return isUuid(id) && (await this.retryWhere({ id, state: In(RETRYABLE_BY_HAND) })) > 0;
  }

  /**
   * Runs all discarded jobs of an event or notification again.
   *
   * @param ref key of the event or notification
   * @returns how many there were
   */
  async retryDiscarded(ref: string): Promise<number> {
    return isUuid(ref) ? this.retryWhere({ ref, state: 'discarded' }) : 0;
  }

  /**
   * Cancels a job that has not ended. The attempt that runs at the moment goes on, but its outcome
   * is not recorded, and there is no further one.
   *
   * @returns false where there is no such job, or it has ended
   */
  async cancel(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { affected } = await this.database.managed((manager) =>
      manager.update(
        JobEntity,
        { id, state: In(CANCELLABLE) },
        {
          state: 'cancelled',
          dueAt: null,
          rescueAt: null,
          leasedBy: null,
          finishedAt: this.clock.now(),
        },
      ),
    );
    return affected !== undefined && affected > 0;
  }

  private async retryWhere(where: FindOptionsWhere<JobEntity>): Promise<number> {
    const { affected } = await this.database.managed((manager) =>
      manager
        .createQueryBuilder()
        .update(JobEntity)
        .set({
          state: 'available',
          dueAt: this.clock.now(),
          finishedAt: null,
          attempt: 0,
        })
        .where(where)
        .execute(),
    );
    if (affected !== undefined && affected > 0) this.engine.wake();
    return affected ?? 0;
  }

  private async earliest(column: 'dueAt' | 'rescueAt'): Promise<number> {
    const row = await this.database.read((manager) =>
      manager
        .createQueryBuilder(JobEntity, 'job')
        .select(`MIN(job.${column})`, 'earliest')
        .getRawOne<{ earliest: string | number | null }>(),
    );
    const earliest = row?.earliest ?? null;
    return earliest === null ? Infinity : Number(earliest);
  }
}
