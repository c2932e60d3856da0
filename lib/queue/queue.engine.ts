import type { EntityManager } from 'typeorm';
import type { JobRow, NewJob, PlannedJob } from './job.js';

/** A job and its lane; jobs without one are passed over. */
export interface JobInLane {
  readonly id: string;
  readonly lane: string | null;
}

/**
 * Jobs that are being inserted, in the transaction of their event. The caller must call either
 * {@link committed} or {@link abandoned}.
 */
export interface StagedJobs {
  /** The rows that the transaction must insert. */
  readonly rows: readonly JobRow[];
  /**
   * The transaction has committed: this process runs the jobs that are leased to it, and claims the others.
   *
   * @param waiting ids of the jobs that wait for others of their lanes, and are not leased
   */
  committed(waiting: ReadonlySet<string>): void;
  /** The transaction was rolled back, or did not need the jobs. */
  abandoned(): void;
}

/**
 * Stores jobs, leases them to processes and runs them: the only interface of the queue for features. An
 * engine gives a job to the {@link AttemptExecutor} only under a lease, renews the lease for as long as the
 * attempt runs, and records its outcome only while it has the lease, so that a late attempt cannot overwrite
 * a newer outcome.
 *
 * @internal
 */
export abstract class QueueEngine {
  /** Prepares jobs for a transaction that inserts them. If this process has room, they are born leased to it. */
  abstract stage(jobs: readonly PlannedJob[]): StagedJobs;

  /**
   * Adds jobs inside of a transaction that the caller commits or rolls back. They are never born leased; this
   * process claims jobs as soon as the transaction has committed.
   *
   * @returns the ids of the jobs, in their order
   */
  abstract addWithin(manager: EntityManager, jobs: readonly NewJob[]): Promise<readonly string[]>;

  /**
   * Changes when a job runs, inside of a transaction that the caller commits or rolls back.
   *
   * @param id of the job
   * @param dueAt in milliseconds since the epoch
   * @param replaced given if the job has other work from now on: it has all of its attempts again, and work of
   * that size in bytes
   * @returns false if the job does not wait any more: it runs, has ended, or does not exist
   */
  abstract reschedule(
    manager: EntityManager,
    id: string,
    dueAt: number,
    replaced?: { readonly bytes: number },
  ): Promise<boolean>;

  /**
   * Cancels a job that waits, inside of a transaction that the caller commits or rolls back.
   *
   * @returns false if the job does not wait any more: it runs, has ended, or does not exist
   */
  abstract withdraw(manager: EntityManager, id: string): Promise<boolean>;

  /**
   * Lets the next jobs of lanes run, inside of a transaction that the caller commits or rolls back.
   *
   * @param ended jobs that the caller has ended
   */
  abstract leaveLanes(manager: EntityManager, ended: readonly JobInLane[]): Promise<void>;

  /**
   * Puts jobs that the caller has made due back into their lanes, inside of a transaction that the caller commits
   * or rolls back.
   */
  abstract enterLanes(manager: EntityManager, due: readonly JobInLane[]): Promise<void>;

  /** Claims due jobs now; called when jobs have become due. */
  abstract wake(): void;

  /**
   * Runs every due job to its end, and every job that becomes due meanwhile.
   *
   * @returns how many jobs were claimed
   */
  abstract runDue(): Promise<number>;

  /** Resolves when no job is leased to this process. */
  abstract settled(): Promise<void>;
}
