import type { Steps } from '../../../../database/statement.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../../job.js';

/** What a process asks for when it looks for work. */
export interface Claim {
  readonly now: number;
  readonly leaseUntil: number;
  readonly leasedBy: string;
  readonly limit: number;
  /** Kinds of jobs that are left to other processes. */
  readonly except?: readonly string[];
}

/** What a process asks for when it looks for a suspect. */
export type Rescue = Omit<Claim, 'limit'>;

/**
 * Number of the attempt that a suspect is claimed for. Its first lease ran out among others, and counts only
 * once it has run out again under this job by itself: until then it may be innocent.
 */
export const SUSPECT_ATTEMPT = 'attempt + CASE lost_leases WHEN 2 THEN 2 ELSE 1 END';

/**
 * All SQL of the queue, one method a statement.
 *
 * @internal
 */
export abstract class QueueDialect {
  /** Adds jobs, in the transaction that stores their events or notifications. */
  abstract insert(jobs: readonly JobRow[]): Steps<void>;

  /**
   * Leases due jobs, oldest first. A running job whose lease ran out is due as well, and said to be
   * lost: the process that had it may have died of it. No two processes get the same job. No attempt
   * is counted yet.
   */
  abstract claim(claim: Claim): Steps<ClaimedJob[]>;

  /**
   * How many jobs one claim takes where there is room for so many.
   *
   * @param room 1 or more
   */
  claimSize(room: number): number {
    return room;
  }

  /** Whether there is a suspect that may be run. */
  abstract hasSuspect(now: number, except?: readonly string[]): Steps<boolean>;

  /** Leases the suspect that waits for longest, and counts the attempt: it is about to be handed over. */
  abstract claimSuspect(rescue: Rescue): Steps<LeasedJob | undefined>;

  /**
   * Ends leases. A transition whose lease was lost meanwhile (other lease, other holder) does
   * nothing: a late finisher cannot overwrite.
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
