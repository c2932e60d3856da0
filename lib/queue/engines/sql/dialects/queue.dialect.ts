import type { Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';

/** A claim of due jobs by a process. */
export interface Claim {
  readonly now: number;
  readonly leaseUntil: number;
  readonly leasedBy: string;
  readonly limit: number;
  /** Kinds of jobs that are left to other processes. */
  readonly except?: readonly string[];
}

/** A claim of one suspect by a process. */
export type Rescue = Omit<Claim, 'limit'>;

/**
 * SQL for the number of a suspect's attempt. Its first lost lease ran out together with others, and counts
 * only after the job has lost a second one while it ran by itself: until then it may be innocent.
 */
export const SUSPECT_ATTEMPT = 'attempt + CASE lost_leases WHEN 2 THEN 2 ELSE 1 END';

/**
 * All SQL of the queue, one method for each statement.
 *
 * @internal
 */
export abstract class QueueDialect {
  /** Adds jobs, in the transaction that stores their events or notifications. */
  abstract insert(jobs: readonly JobRow[]): Steps<void>;

  /**
   * Leases due jobs, oldest first. A running job whose lease ran out is due as well, and marked as lost: its
   * process may have died of it. No two processes get the same job. A claim does not count an attempt yet.
   */
  abstract claim(claim: Claim): Steps<ClaimedJob[]>;

  /**
   * How many jobs one claim takes if there is room for so many.
   *
   * @param room 1 or more
   */
  claimSize(room: number): number {
    return room;
  }

  /** Whether there is a suspect that may be run. */
  abstract hasSuspect(now: number, except?: readonly string[]): Steps<boolean>;

  /** Leases the suspect that has waited longest, and counts its attempt, which begins at once. */
  abstract claimSuspect(rescue: Rescue): Steps<LeasedJob | undefined>;

  /**
   * Ends leases. A transition whose lease was lost meanwhile does nothing (fencing): a late attempt cannot
   * overwrite the outcome.
   *
   * @returns ids of the jobs that were changed
   */
  abstract transition(transitions: readonly JobTransition[]): Steps<Set<string>>;

  /**
   * Extends leases.
   *
   * @returns ids of the jobs that are still leased to that process
   */
  abstract renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>>;
}
