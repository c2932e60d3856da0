import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { Clock } from '../../../clock/clock.js';
import { CommitSignal } from '../../../database/commit-signal.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { KeySequence } from '../../../database/key-sequence.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import { JobEntity } from '../../job.entity.js';
import type { JobRow, NewJob, PlannedJob } from '../../job.js';
import { QueueEngine, type JobInLane, type StagedJobs } from '../../queue.engine.js';
import type { InLane } from './dialects/lane.dialect.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../../queue.options.js';
import { QueueDialect } from './dialects/queue.dialect.js';
import { JobWorker } from './job.worker.js';
import { ownerShare, shareWithin } from '../../share.js';
import { SqlStagedJobs } from './staged.jobs.js';

/**
 * The queue in the host's SQL database. If this process has room, a job is born leased to it and runs from
 * memory as soon as its transaction has committed; otherwise it is inserted as available, and any process
 * claims it.
 *
 * @internal
 */
@Injectable()
export class SqlQueueEngine extends QueueEngine {
  private readonly keys = new KeySequence();

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly worker: JobWorker,
    private readonly commits: CommitSignal,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {
    super();
  }

  override stage(jobs: readonly PlannedJob[]): StagedJobs {
    const pools = jobs.map(({ job }) => this.worker.pools.of(job.kind, job.name));
    const rows = pools.map((pool, index) => {
      const { job } = jobs[index] as PlannedJob;
      const share = shareWithin(pool.shares, ownerShare(job.owner));
      const isLeased = job.elsewhere !== true && this.worker.reserve(pool, share, job.bytes ?? 0);
      return this.row(job, share, isLeased);
    });
    return new SqlStagedJobs(this.worker, rows, jobs, pools, this.database.wakeUps);
  }

  override async addWithin(
    manager: EntityManager,
    jobs: readonly NewJob[],
  ): Promise<readonly string[]> {
    const rows = jobs.map((job) => {
      const { shares } = this.worker.pools.of(job.kind, job.name);
      return this.row(job, shareWithin(shares, ownerShare(job.owner)), false);
    });
    await this.database.within(manager, this.dialect.insertWithin(rows));
    this.commits.afterCommit(manager, () => this.expect(rows));
    return rows.map(({ id }) => id);
  }

  override async reschedule(
    manager: EntityManager,
    id: string,
    dueAt: number,
    replaced?: { readonly bytes: number },
  ): Promise<boolean> {
    const isChanged = await this.changeWaiting(manager, id, {
      state: 'available',
      dueAt,
      // A suspect would run at the earlier of two times.
      rescueAt: null,
      lostLeases: 0,
      ...(replaced && { ...replaced, attempt: 0, lastError: null }),
    });
    if (isChanged) {
      this.commits.afterCommit(manager, () => {
        if (dueAt > this.clock.now()) this.worker.following.becomesDue(dueAt);
        else this.wake();
      });
    }
    return isChanged;
  }

  override async withdraw(manager: EntityManager, id: string): Promise<boolean> {
    const finishedAt = this.clock.now();
    const ended = {
      state: 'cancelled' as const,
      dueAt: null,
      rescueAt: null,
      share: null,
      finishedAt,
    };
    if (!(await this.changeWaiting(manager, id, ended))) return false;
    const job = await manager.findOne(JobEntity, {
      select: { id: true, lane: true },
      where: { id },
    });
    if (job !== null) await this.leaveLanes(manager, [job]);
    return true;
  }

  override async leaveLanes(manager: EntityManager, ended: readonly JobInLane[]): Promise<void> {
    const left = ended.filter(isInLane);
    if (left.length === 0) return;
    const now = this.clock.now();
    await this.database.within(manager, this.dialect.lanes.leave(left, now, "host's"));
    this.commits.afterCommit(manager, () => this.wake());
  }

  override async enterLanes(manager: EntityManager, due: readonly JobInLane[]): Promise<void> {
    const entered = due.filter(isInLane);
    if (entered.length > 0) {
      await this.database.within(manager, this.dialect.lanes.enter(entered));
    }
  }

  override wake(): void {
    this.worker.wake();
    this.database.wakeUps.notify({});
  }

  override runDue(): Promise<number> {
    return this.worker.runDue();
  }

  override settled(): Promise<void> {
    return this.worker.settled();
  }

  private async changeWaiting(
    manager: EntityManager,
    id: string,
    change: Partial<JobEntity>,
  ): Promise<boolean> {
    const waits = { id, state: In(['available', 'retryable']) };
    const { affected } = await manager.update(JobEntity, waits, change);
    return affected !== undefined && affected > 0;
  }

  /** Claims what is due, and looks again when the others are. */
  private expect(rows: readonly JobRow[]): void {
    const now = this.clock.now();
    const due = [...new Set(rows.filter(({ dueAt }) => dueAt <= now).map(({ share }) => share))];
    this.worker.following.becameDue(due);
    for (const { dueAt } of rows) if (dueAt > now) this.worker.following.becomesDue(dueAt);
  }

  private row(job: NewJob, share: number, leased: boolean): JobRow {
    const now = this.clock.now();
    return {
      id: this.keys.next(now),
      kind: job.kind,
      name: job.name,
      ref: job.ref,
      state: leased ? 'running' : 'available',
      dueAt: leased ? now + this.options.leaseMs : (job.dueAt ?? now),
      bytes: job.bytes ?? 0,
      maxAttempts: job.maxAttempts ?? this.options.maxAttempts,
      leasedBy: leased ? this.worker.id : null,
      createdAt: now,
      share,
      lane: job.lane?.name ?? null,
      holdsLane: job.lane?.whenHeadFails === 'hold',
    };
  }
}

function isInLane(job: JobInLane): job is InLane {
  return job.lane !== null;
}
