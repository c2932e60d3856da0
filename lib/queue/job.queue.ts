import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { KeySequence } from '../database/key-sequence.js';
import { SqlDatabase } from '../database/sql-database.js';
import { QueueDialect } from './engines/sql/dialects/queue.dialect.js';
import { FIRST_LEASE, type JobRow, type LeasedJob, type NewJob } from './job.js';
import { JobWorker } from './engines/sql/job.worker.js';
import { RESOLVED_QUEUE_OPTIONS, type ResolvedQueueOptions } from './queue.options.js';

/** A job on its way into the database, with what its runner would have to load otherwise. */
export interface JobDraft {
  readonly row: JobRow;
  readonly payload: unknown;
}

/**
 * How jobs get into the queue: always in the transaction of what they are about. Where this process
 * has room, a job is born leased to it and runs from memory as soon as its transaction has committed;
 * otherwise it is inserted as available, and any process claims it.
 *
 * @internal
 */
@Injectable()
export class JobQueue {
  private readonly keys = new KeySequence();

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly worker: JobWorker,
    private readonly commits: CommitSignal,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_QUEUE_OPTIONS) private readonly options: ResolvedQueueOptions,
  ) {}

  /** Prepares a job. Each draft must go to {@link committed} or {@link abandoned} in the end. */
  draft(job: NewJob, payload: unknown): JobDraft {
    const isLeased = job.elsewhere !== true && this.worker.reserve(job.bytes ?? 0);
    return { row: this.row(job, isLeased), payload };
  }

  /** The drafts' transaction has committed: run what was born leased, and look for the rest. */
  committed(drafts: readonly JobDraft[]): void {
    let left = false;
    for (const { row, payload } of drafts) {
      if (row.state === 'running') {
        this.worker.unreserve(row.bytes);
        this.worker.take(bornLeased(row), row.dueAt, payload);
      } else {
        left = true;
      }
    }
    if (left) this.worker.wake();
  }

  /** The drafts' transaction was rolled back, or did not need them. */
  abandoned(drafts: readonly JobDraft[]): void {
    for (const { row } of drafts) {
      if (row.state === 'running') this.worker.unreserve(row.bytes);
    }
  }

  /**
   * Adds jobs inside of a transaction that somebody else commits or rolls back. They are never born
   * leased; this process looks for them as soon as the transaction has committed.
   */
  async addWithin(manager: EntityManager, jobs: readonly NewJob[]): Promise<void> {
    const rows = jobs.map((job) => this.row(job, false));
    await this.database.within(manager, this.dialect.insert(rows));
    this.commits.afterCommit(manager, () => this.worker.wake());
  }

  private row(job: NewJob, leased: boolean): JobRow {
    const now = this.clock.now();
    return {
      id: this.keys.next(now),
      kind: job.kind,
      name: job.name,
      ref: job.ref,
      state: leased ? 'running' : 'available',
      dueAt: leased ? now + this.options.leaseMs : now,
      bytes: job.bytes ?? 0,
      maxAttempts: job.maxAttempts ?? this.options.maxAttempts,
      leasedBy: leased ? this.worker.id : null,
      createdAt: now,
    };
  }
}

function bornLeased({ id, kind, name, ref, bytes, maxAttempts }: JobRow): LeasedJob {
  return { id, kind, name, ref, bytes, maxAttempts, lease: FIRST_LEASE, attempt: 1, lostLeases: 0 };
}
