import type { ExecutableJob } from '../../executable.job.js';

/** A job that is leased to this process, waiting in memory or running. */
export interface LocalJob extends ExecutableJob {
  payload: unknown;
  isLoaded: boolean;
  /** When the lease runs out, by the last answer of the database. */
  leaseUntil: number;
  /** Whether its attempt is over, and the outcome is being recorded. */
  isEnding: boolean;
}
