import type { AttemptRow } from './attempt.js';

/**
 * `available` (waits until it is due) → `running` (leased to a process) → `completed`, or `retryable` (due later) and again
 * from the start, or `discarded` (attempts used up, or given up); `cancelled` by hand.
 *
 * @publicApi
 */
export type JobState =
  'available' | 'running' | 'retryable' | 'completed' | 'discarded' | 'cancelled';

/**
 * What a discarded job does to the jobs behind it in its lane: `'skip'` lets the next one run, `'hold'` keeps
 * them waiting until somebody retries the job, and it completes, or cancels it.
 *
 * @publicApi
 */
export type WhenHeadFails = 'hold' | 'skip';

/** The lane of a job: jobs of one lane run one at a time, in the order of their ids. */
export interface JobLane {
  /** At most {@link MAX_LANE_LENGTH} characters; unique over all features. */
  readonly name: string;
  readonly whenHeadFails: WhenHeadFails;
}

/** Most characters in the name of a lane. */
export const MAX_LANE_LENGTH = 255;

/** A job that a feature asks the queue to run. */
export interface NewJob {
  /** Which {@link JobRunner} runs it. */
  readonly kind: string;
  /** Name of the handler or channel that the runner calls. */
  readonly name: string;
  /** Key of the job's event, or id of its notification: a UUID. */
  readonly ref: string;
  /** Most attempts that count. */
  readonly maxAttempts?: number;
  /** Whether this process cannot run the job and leaves it to others. */
  readonly elsewhere?: boolean;
  /** Size of its event or notification in the database, in bytes. @default 0 */
  readonly bytes?: number;
  /**
   * Whose job it is, such as its event's source and tenant: within a pool, owners take turns. @default one for
   * all
   */
  readonly owner?: string | undefined;
  /** @default none: the job waits for no other */
  readonly lane?: JobLane | undefined;
  /** When it runs, in milliseconds since the epoch. @default now */
  readonly dueAt?: number | undefined;
}

/** A job with its payload, which its runner would otherwise have to load. */
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
  /** In which line it stands while it waits. */
  readonly share: number;
  /** Name of its lane. */
  readonly lane: string | null;
  /** Whether its lane waits for it once it is discarded. */
  readonly holdsLane: boolean;
}

/** A job that is leased to this process. */
export interface LeasedJob extends Pick<
  JobRow,
  'id' | 'kind' | 'name' | 'ref' | 'bytes' | 'maxAttempts' | 'share' | 'lane' | 'holdsLane'
> {
  /** Whether it is the head of its lane: only that one runs. */
  readonly headsLane: boolean;
  /** Number of this lease; it grows with each lease of the job. */
  readonly lease: number;
  /** Number of the attempt that starts next, from 1. */
  readonly attempt: number;
  /** How many leases ran out since the last attempt that ended: more than 0 makes the job a suspect. */
  readonly lostLeases: number;
}

/** A job that was just claimed. */
export interface ClaimedJob extends LeasedJob {
  /** Whether its previous lease ran out. */
  readonly wasLost: boolean;
}

/** The lease that a new job is stored with; each claim adds one. */
export const FIRST_LEASE = 1;

/** A change of a job's state that ends a lease; effective only while that lease is valid. */
export interface JobTransition {
  readonly id: string;
  readonly lease: number;
  readonly leasedBy: string;
  readonly state: Exclude<JobState, 'running'>;
  /** When the job is due again; `null` if it has ended, or is a suspect. */
  readonly dueAt: number | null;
  /** When a suspect may run again; `null` for other jobs. */
  readonly rescueAt: number | null;
  /** Attempts that count so far. */
  readonly attempt: number;
  readonly lostLeases: number;
  /** What went wrong; `null` keeps the recorded error. */
  readonly error: string | null;
  /** When the job ended, or `null`. */
  readonly finishedAt: number | null;
  /** The attempt that ended, to be stored with the change. @default none */
  readonly ended?: AttemptRow;
  /** In which line it stands if it is due again. */
  readonly share: number;
  /** The lane that the job leaves, and whose next job runs now; `null` for none. */
  readonly leavesLane: string | null;
  /** The lane that the job enters, where it waits for its turn. @default none: it stays in its lane */
  readonly entersLane?: JobLane | undefined;
}

/**
 * The due time of jobs that wait in their lanes: the last instant of `Date`, after which no claim looks for
 * jobs. They stay in the index of due times, at its end.
 */
export const WAITS_IN_LANE = 8_640_000_000_000_000;

/**
 * The first of the due times of paused jobs, which end before {@link WAITS_IN_LANE}. Each pause has one of them,
 * so that its jobs are found along the index of due times.
 */
export const PAUSED_FROM = WAITS_IN_LANE - 2 ** 31;
