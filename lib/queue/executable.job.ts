import type { LeasedJob } from './job.js';

/** A job that an engine gives to the {@link AttemptExecutor}. */
export interface ExecutableJob {
  readonly job: LeasedJob;
  /** Its event or notification, once it is loaded; `undefined` if it no longer exists. */
  readonly payload: unknown;
  /** Whether the payload is loaded. */
  readonly isLoaded: boolean;
  /** When its attempt started, in milliseconds since the epoch; set when it starts. */
  startedAt?: number;
  /** When its attempt must be over; set when it starts. */
  deadline: number;
  /** Aborts the attempt and ends the wait for it; set when it starts. */
  interrupt?: (reason: Error) => void;
}
