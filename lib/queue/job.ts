/**
 * `available` (due) → `running` (leased to a process) → `completed`, or `retryable` (due later)
 * and around again, or `discarded` (attempts used up, or given up); `cancelled` by hand.
 *
 * @publicApi
 */
export type JobState =
  'available' | 'running' | 'retryable' | 'completed' | 'discarded' | 'cancelled';

/** What somebody asks the queue to do. */
export interface NewJob {
  /** Which {@link JobRunner} runs it. */
  readonly kind: string;
  /** What the runner is to run: a handler's name, a channel's name. */
  readonly name: string;
  /** UUID of the row that it is about. */
  readonly ref: string;
  /** How often it is tried. */
  readonly maxAttempts?: number;
  /** This process cannot run it, and leaves it to others. */
  readonly elsewhere?: boolean;
}

/** A job as it is inserted. */
export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly ref: string;
  readonly state: 'available' | 'running';
  readonly dueAt: number;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly leasedBy: string | null;
  readonly createdAt: number;
}

/** A job that this process holds a lease on. */
export type LeasedJob = Pick<JobRow, 'id' | 'kind' | 'name' | 'ref' | 'attempt' | 'maxAttempts'>;

/** A change of a job's state that ends an attempt; effective only while the attempt's lease is held. */
export interface JobTransition {
  readonly id: string;
  readonly attempt: number;
  readonly leasedBy: string;
  readonly state: Exclude<JobState, 'running'>;
  /** When it is due again; `null` when it has ended for good. */
  readonly dueAt: number | null;
  readonly maxAttempts: number;
  /** What went wrong; `null` keeps what was recorded before. */
  readonly error: string | null;
  /** When it ended for good, or `null`. */
  readonly finishedAt: number | null;
}
