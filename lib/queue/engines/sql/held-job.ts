import type { LeasedJob } from '../../job.js';

/** A job that is leased to this process, waiting in memory or running. */
export interface HeldJob {
  readonly job: LeasedJob;
  /** What its runner needs, once that has been read. */
  payload: unknown;
  isLoaded: boolean;
  /** When the lease runs out, as far as the database has said. */
  leaseUntil: number;
  /** Whether its attempt is over, and the outcome on its way into the database. */
  isEnding: boolean;
  /** When its attempt must be over; set when it starts. */
  deadline: number;
  /** Aborts the attempt and ends the wait for it; set when it starts. */
  interrupt?: (reason: Error) => void;
}
