import type { ExecutableJob } from '../../executable.job.js';
import type { LocalPool } from './local-pool.js';

/** A job that is leased to this process, waiting in memory or running. */
export interface LocalJob extends ExecutableJob {
  readonly pool: LocalPool<LocalJob>;
  payload: unknown;
  isLoaded: boolean;
  /** When the lease runs out, by the last answer of the database. */
  leaseUntil: number;
  /** Whether its attempt is over, and the outcome is being recorded. */
  isEnding: boolean;
}
