import type { EntityManager } from 'typeorm';
import type { JobRow, NewJob, PlannedJob } from './job.js';

/**
 * Jobs on their way into the database, in the transaction of their event. Each must be told in the end what
 * became of that: by {@link committed} or {@link abandoned}.
 */
export interface StagedJobs {
  /** What the transaction has to insert. */
  readonly rows: readonly JobRow[];
  /** The transaction has committed: what this process has room for is run, and the rest looked for. */
  committed(): void;
  /** The transaction was rolled back, or did not need the jobs. */
  abandoned(): void;
}

/**
 * What stores jobs, leases them to processes and has them run: what features know of the queue. An engine gives a
 * job to the {@link AttemptExecutor} only under a lease, renews the lease for as long as the attempt runs, and
 * records its outcome only while it has the lease, so that a late finisher cannot overwrite what came after.
 *
 * @internal
 */
export abstract class QueueEngine {
  /** Prepares jobs for a transaction that inserts them. Where this process has room, they are born leased to it. */
  abstract stage(jobs: readonly PlannedJob[]): StagedJobs;

  /**
   * Adds jobs inside of a transaction that somebody else commits or rolls back. They are never born leased; this
   * process looks for them as soon as the transaction has committed.
   */
  abstract addWithin(manager: EntityManager, jobs: readonly NewJob[]): Promise<void>;

  /** Looks for due jobs now: called when somebody knows that there are some. */
  abstract wake(): void;

  /**
   * Runs every job that is due, and what becomes due by that, to its end.
   *
   * @returns how many were claimed
   */
  abstract runDue(): Promise<number>;

  /** Resolves when no job is leased to this process. */
  abstract settled(): Promise<void>;
}
