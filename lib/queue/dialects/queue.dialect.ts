import type { Steps } from '../../database/statement.js';
import type { JobRow, JobTransition, LeasedJob } from '../job.js';

/** What a process asks for when it looks for work. */
export interface Claim {
  readonly now: number;
  readonly leaseUntil: number;
  readonly leasedBy: string;
  readonly limit: number;
}

/**
 * All SQL of the queue, one method a statement.
 *
 * @internal
 */
export abstract class QueueDialect {
  /** Adds jobs, in the transaction of what they are about. */
  abstract insert(jobs: readonly JobRow[]): Steps<void>;

  /**
   * Leases due jobs, oldest first. A running job whose lease ran out is due as well: that is how
   * the work of a dead process is taken over. No two processes get the same job.
   */
  abstract claim(claim: Claim): Steps<LeasedJob[]>;

  /**
   * Ends attempts. A transition whose lease was lost meanwhile (other attempt, other holder) does
   * nothing: a late finisher cannot overwrite.
   *
   * @returns ids of the jobs that were changed
   */
  abstract transition(transitions: readonly JobTransition[]): Steps<Set<string>>;

  /**
   * Extends leases.
   *
   * @returns ids of the jobs that are still held
   */
  abstract renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>>;
}
