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
  /** How many bytes its event or notification has in the database. @default 0 */
  readonly bytes?: number;
}

/** A job, with what its runner would have to load otherwise. */
export interface PlannedJob {
  readonly job: NewJob;
  readonly payload: unknown;
}

/** A job as it is inserted. */
export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly ref: string;
  readonly state: 'available' | 'running';
  readonly dueAt: number;
  readonly bytes: number;
  readonly maxAttempts: number;
  readonly leasedBy: string | null;
  readonly createdAt: number;
}

/** A job that is leased to this process. */
export interface LeasedJob extends Pick<
  JobRow,
  'id' | 'kind' | 'name' | 'ref' | 'bytes' | 'maxAttempts'
> {
  /** Tells this lease from all others of the job: it grows with each. */
  readonly lease: number;
  /** Number of the attempt that its runner would be given now, from 1. */
  readonly attempt: number;
  /** How many leases ran out since an attempt last came to an end: more than 0 makes it a suspect. */
  readonly lostLeases: number;
}

/** What a claim finds. */
export interface ClaimedJob extends LeasedJob {
  /** Whether it was leased to a process that let the lease run out. */
  readonly wasLost: boolean;
}

/** The lease that a new job is stored with; each claim adds one. */
export const FIRST_LEASE = 1;

/** A change of a job's state that ends a lease; effective only while that lease is held. */
export interface JobTransition {
  readonly id: string;
  readonly lease: number;
  readonly leasedBy: string;
  readonly state: Exclude<JobState, 'running'>;
  /** When it is due again; `null` when it has ended for good, or is a suspect. */
  readonly dueAt: number | null;
  /** When a suspect may be run again; `null` for all others. */
  readonly rescueAt: number | null;
  /** Attempts that count so far. */
  readonly attempt: number;
  readonly lostLeases: number;
  /** What went wrong; `null` keeps what was recorded before. */
  readonly error: string | null;
  /** When it ended for good, or `null`. */
  readonly finishedAt: number | null;
}
