import type { EntityManager } from 'typeorm';
import type { JobRow, NewJob, PlannedJob } from './job.js';

/**
 * Jobs on their way into the database, in the transaction of their event. In the end either
 * {@link committed} or {@link abandoned} must be called.
 */
export interface StagedJobs {
  /** What the transaction has to insert. */
  readonly rows: readonly JobRow[];
  /** The transaction has committed: this process runs the jobs that it has room for, and looks for the rest. */
  committed(): void;
  /** The transaction was rolled back, or did not need the jobs. */
  abandoned(): void;
}

/**
 * Stores jobs, leases them to processes and runs them: all that features know of the queue. An engine gives a
 * job to the {@link AttemptExecutor} only under a lease, renews the lease for as long as the attempt runs, and
 * records its outcome only while it has the lease, so that a late finisher cannot overwrite what came after.
 *
 * @internal
 */
export abstract class QueueEngine {
  /** Prepares jobs for a transaction that inserts them. If this process has room, they are born leased to it. */
  abstract stage(jobs: readonly PlannedJob[]): StagedJobs;

  /**
   * Adds jobs inside of a transaction that somebody else commits or rolls back. They are never born leased; this
   * process looks for them as soon as the transaction has committed.
   */
  abstract addWithin(manager: EntityManager, jobs: readonly NewJob[]): Promise<void>;

  /** Looks for due jobs now: called by whoever knows that some are due. */
  abstract wake(): void;

  /**
   * Runs every due job to its end, and every job that becomes due meanwhile.
   *
   * @returns how many were claimed
   */
  abstract runDue(): Promise<number>;

  /** Resolves when no job is leased to this process. */
  abstract settled(): Promise<void>;
}
