/** The job of an occurrence. */
interface OfJob {
  readonly jobId: string;
  /** `handler`, `replay`, `firing`, `notification` or `timer`. */
  readonly jobKind: string;
  /** Name of the handler, the rule (`rule:…`) or the channel. */
  readonly name: string;
  /** Key of the job's event, or id of its firing or notification. */
  readonly ref: string;
  /** For people: names the handler or the notification, and the event if it is known. */
  readonly label: string;
}

/**
 * An attempt is over, and its outcome is recorded.
 *
 * @publicApi
 */
export interface AttemptEnded extends OfJob {
  /**
   * - `attempt.completed`: the job is done
   * - `attempt.failed`: the job is retried
   * - `attempt.postponed`: the job is retried, and this attempt does not count
   * - `job.discarded`: the attempt gave the job up, or was its last one; the job is not retried
   */
  readonly kind: 'attempt.completed' | 'attempt.failed' | 'attempt.postponed' | 'job.discarded';
  /** Counted from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Why the job is not done; `null` if it is. */
  readonly error: string | null;
  /** Milliseconds until the retry; `null` if there is none. */
  readonly nextInMs: number | null;
}

/**
 * The outcome of an attempt is not recorded.
 *
 * @publicApi
 */
export interface OutcomeLost extends OfJob {
  /**
   * - `lease.lost`: the process no longer has the job's lease, so its outcome does not count
   * - `outcome.not-recorded`: recording the outcome failed; it is retried while the lease lasts
   */
  readonly kind: 'lease.lost' | 'outcome.not-recorded';
  /** The database's error; `null` if the lease was lost. */
  readonly error: string | null;
}

/**
 * Several jobs at once did not run as planned.
 *
 * @publicApi
 */
export interface JobsHeldUp {
  /**
   * - `jobs.unreadable`: the database could not read their events or notifications; the jobs are retried
   * - `jobs.suspected`: they were leased to a process that died or was cut off; each runs by itself now
   */
  readonly kind: 'jobs.unreadable' | 'jobs.suspected';
  /** How many jobs. */
  readonly count: number;
  readonly jobKind: string | undefined;
  readonly error: string | null;
}

/**
 * Start-up found notifications without a job, which an earlier version could leave; it sends them now.
 *
 * @publicApi
 */
export interface NotificationsRecovered {
  readonly kind: 'notifications.recovered';
  /** How many notifications. */
  readonly count: number;
}
