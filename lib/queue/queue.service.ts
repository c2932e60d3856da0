import { Inject, Injectable } from '@nestjs/common';
import { In, type FindOptionsWhere } from 'typeorm';
import { validate as isUuid } from 'uuid';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { readAttempts, type AttemptView } from './attempt.view.js';
import type { JobState } from './job.js';
import { countJobs, type QueueCounts } from './job.counts.js';
import { JobEntity } from './job.entity.js';
import { readErrors, type ErrorFilter, type ErrorGroup } from './job.errors.js';
import { readJobs, type JobFilter } from './job.lists.js';
import {
  lanesOf,
  RETRYABLE_BY_HAND,
  retryByError,
  retryWithin,
  type RetryFilter,
} from './job.retries.js';
import { toJobView, type JobView } from './job.view.js';
import { withErrorKeys } from './last-error.js';
import { pausesByDueTime } from './pauses/pause.reads.js';
import { QueueEngine } from './queue.engine.js';

/** Most jobs that are counted by default. */
const COUNTED = 10_000;

const CANCELLABLE: JobState[] = ['available', 'retryable', 'running'];

/**
 * Lists and counts jobs, and retries or cancels them by hand.
 *
 * @example
 * ```ts
 * const { items } = await queue.list({ state: 'discarded', name: 'Billing.paid' });
 * for (const job of items) await queue.retry(job.id);
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

  /**
   * Lists jobs, without their events and notifications. Live jobs (`available`, `running`, `retryable`) come
   * in the order in which they are due, discarded ones with the last discarded first, all others with the
   * newest first.
   *
   * @param filter which jobs. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this filter
   */
  async list(filter: JobFilter = {}, page: PageOptions = {}): Promise<Page<JobView>> {
    const hasRef = filter.ref === undefined || isUuid(filter.ref);
    if (!hasRef || !canMatch(filter)) return emptyPage(page);
    return this.database.read(async (manager) => {
      const { items, ...rest } = await readJobs(
        manager,
        filter,
        page,
        await pausesByDueTime(manager),
      );
      return { items: await withErrorKeys(manager, items), ...rest };
    });
  }

  /** The job with this id, or `undefined`. */
  async get(id: string): Promise<JobView | undefined> {
    if (!isUuid(id)) return undefined;
    return this.database.read(async (manager) => {
      const job = await manager.findOneBy(JobEntity, { id });
      if (job === null) return undefined;
      const view = toJobView(job, await pausesByDueTime(manager));
      return (await withErrorKeys(manager, [view]))[0];
    });
  }

  /**
   * Lists the attempts of a job that did not complete it, and the one that completed it after others; the newest
   * first. A job that completed at once has none.
   *
   * @param jobId of the job
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that belongs to no list of attempts
   */
  async attempts(jobId: string, page: PageOptions = {}): Promise<Page<AttemptView>> {
    if (!isUuid(jobId)) return emptyPage(page);
    return this.database.read((manager) => readAttempts(manager, jobId, page));
  }

  /**
   * Groups the jobs that have failed, and have neither completed nor been cancelled since, by the cause of their
   * last error. It finds at least 200 groups, and those of the newest 500 attempts.
   *
   * @param filter which jobs. @default all
   * @returns the group that was seen last first
   *
   * @example
   * ```ts
   * for (const { errorKey, lastError, count } of await queue.errors({ name: 'Billing.paid' })) {
   *   console.log(`${count} × ${lastError}`, errorKey);
   * }
   * ```
   */
  async errors(filter: ErrorFilter = {}): Promise<ErrorGroup[]> {
    return canMatch(filter) ? this.database.read((manager) => readErrors(manager, filter)) : [];
  }

  /**
   * Counts the jobs that wait, run, will be retried, and were discarded: for a metric, or a health check. It
   * reads only the indexes of those jobs, and stops at a limit, so that it is fast in a backlog too.
   *
   * @param options `upTo`: most jobs to count in each part: due, leased or due later, and discarded. @default
   * { upTo: 10_000 }
   * @throws {RangeError} for an `upTo` that is not a whole number of 1 or more
   */
  async counts({
    upTo = COUNTED,
  }: { readonly upTo?: number | undefined } = {}): Promise<QueueCounts> {
    if (!Number.isSafeInteger(upTo) || upTo < 1) {
      throw new RangeError(`Expected upTo to be a whole number, 1 or more, got ${String(upTo)}.`);
    }
    return this.database.read((manager) => countJobs(manager, this.clock.now(), upTo));
  }

  /**
   * How long the oldest due job has waited for a process with room, in milliseconds; 0 if none waits. It
   * grows when handlers do not keep up, or no process runs jobs.
   */
  async oldestWaitingMs(): Promise<number> {
    const oldest = await Promise.all([
      this.earliest('dueAt', 'job.share IS NOT NULL'),
      this.earliest('dueAt', 'job.share IS NULL AND job.dueAt IS NOT NULL'),
      this.earliest('rescueAt', 'job.rescueAt IS NOT NULL'),
    ]);
    return Math.max(0, this.clock.now() - Math.min(...oldest));
  }

  /**
   * Runs a discarded, cancelled or waiting job again at once, with its full number of attempts.
   *
   * @returns false if the job does not exist, or is in another state
   */
  async retry(id: string): Promise<boolean> {
    return isUuid(id) && (await this.retryAll({ id, state: In([...RETRYABLE_BY_HAND]) })) > 0;
  }

  /**
   * Runs all discarded jobs of an event or notification again.
   *
   * @param ref key of the event, or id of the firing or notification
   * @returns how many jobs those are
   */
  async retryDiscarded(ref: string): Promise<number> {
    return isUuid(ref) ? this.retryAll({ ref, state: 'discarded' }) : 0;
  }

  /**
   * Runs all jobs with the same last error again at once, in transactions of a limited size, each job with its
   * full number of attempts.
   *
   * @param filter the key of the error, and further conditions
   * @returns how many jobs those are
   * @throws {TypeError} for an `errorKey` that is no text
   * @throws {RangeError} for a state in which jobs cannot be retried
   *
   * @example
   * ```ts
   * const [worst] = await queue.errors();
   * if (worst !== undefined) await queue.retryWhere({ errorKey: worst.errorKey });
   * ```
   */
  async retryWhere(filter: RetryFilter): Promise<number> {
    const { errorKey, state } = filter;
    if (typeof errorKey !== 'string') throw new TypeError('Expected errorKey to be text.');
    if (state !== undefined && !RETRYABLE_BY_HAND.includes(state)) {
      throw new RangeError(
        `Expected state to be one of ${RETRYABLE_BY_HAND.join(', ')}, got ${String(state)}.`,
      );
    }
    if (!canMatch(filter)) return 0;
    const retried = await retryByError(this.database, this.engine, this.clock.now(), filter);
    if (retried > 0) this.engine.wake();
    return retried;
  }

  /**
   * Cancels a job that has not ended, or a discarded one that its lane waits for. A running attempt goes on, but
   * its outcome is not recorded, and no further attempt starts; the next job of its lane runs beside it.
   *
   * @returns false if the job does not exist, or has ended
   */
  async cancel(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.database.managed(async (manager) => {
      const { affected } = await manager
        .createQueryBuilder()
        .update(JobEntity)
        .set({
          state: 'cancelled',
          dueAt: null,
          rescueAt: null,
          share: null,
          leasedBy: null,
          finishedAt: this.clock.now(),
        })
        .where([
          { id, state: In(CANCELLABLE) },
          { id, state: 'discarded', headsLane: true, holdsLane: true },
        ])
        .execute();
      if (affected === undefined || affected === 0) return false;
      await this.engine.leaveLanes(manager, await lanesOf(manager, { id }));
      return true;
    });
  }

  private async retryAll(where: FindOptionsWhere<JobEntity>): Promise<number> {
    const now = this.clock.now();
    const retried = await this.database.managed((manager) =>
      retryWithin(manager, this.engine, now, where),
    );
    if (retried > 0) this.engine.wake();
    return retried;
  }

  /** @param where the condition of the index over the column */
  private async earliest(column: 'dueAt' | 'rescueAt', where: string): Promise<number> {
    const row = await this.database.read((manager) =>
      manager
        .createQueryBuilder(JobEntity, 'job')
        .select(`MIN(job.${column})`, 'earliest')
        .where(where)
        .getRawOne<{ earliest: string | number | null }>(),
    );
    const earliest = row?.earliest ?? null;
    return earliest === null ? Infinity : Number(earliest);
  }
}
