import type { ExecutableJob } from '../../executable.job.js';

/** A job that is leased to this process, waiting in memory or running. */
export interface HeldJob extends ExecutableJob {
  payload: unknown;
  isLoaded: boolean;
  /** When the lease runs out, as far as the database has said. */
  leaseUntil: number;
  /** Whether its attempt is over, and the outcome on its way into the database. */
  isEnding: boolean;
}
