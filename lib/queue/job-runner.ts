import type { EntityManager } from 'typeorm';
import type { LeasedJob } from './job.js';
import type { PauseKind } from './pauses/pause.js';
import type { Unreadable } from './unreadable.js';

/** One attempt at a job, as its runner sees it. */
export interface JobAttempt<Payload = unknown> {
  readonly job: LeasedJob;
  /** The payload that {@link JobRunner.load} returned, or that a job born leased came with. */
  readonly payload: Payload;
  /** Aborted when the attempt's time is over, its lease is lost, or the application stops. */
  readonly signal: AbortSignal;
  /**
   * Completes the job inside of a transaction, so that its work and its completion commit together.
   *
   * @throws {LeaseLostError} if another process has the job; the transaction must roll back
   */
  completeWithin(manager: EntityManager): Promise<void>;
}

/** A share of a process's concurrency. */
export interface JobPool {
  /** Unique among the pools of the kind. */
  readonly name: string;
  /** Most jobs of it that run at the same time, unless the host says otherwise. @default the queue's */
  readonly concurrency?: number | undefined;
}

/** The names by which a job can be paused. */
export type PausableNames = Readonly<Partial<Record<Exclude<PauseKind, 'pool'>, string>>>;

/**
 * Runs jobs of one kind. The value that `run` returns decides: `RetryLater` postpones the job, `Discard`
 * discards it, any other value completes it; a thrown error fails the attempt.
 *
 * @internal
 */
export interface JobRunner<Payload = unknown> {
  readonly kind: string;
  /**
   * Loads the events or notifications of several jobs. If a ref is missing in the result, its event or
   * notification no longer exists, and its job is discarded; a damaged one is given as {@link Unreadable},
   * which fails its attempt.
   *
   * @throws if the database fails; that does not count as an attempt
   */
  load(refs: readonly string[]): Promise<ReadonlyMap<string, Payload | Unreadable>>;
  /** The pool of the jobs with this name. @default one for all jobs of the kind, with its name */
  pool?(name: string): JobPool;
  /**
   * By which names the job can be paused, besides its pool.
   *
   * @param payload `undefined` if it is not loaded yet, or cannot be read
   * @default none
   */
  pausable?(job: LeasedJob, payload: Payload | undefined): PausableNames;
  /** How long one attempt may take, in milliseconds. */
  timeoutMs(name: string): number;
  /** For log lines: names the handler or channel and the event or notification, without content. */
  label(job: LeasedJob, payload: Payload): string;
  /** Gives an interruption (time-out, lost lease) a more precise error. */
  interrupted?(job: LeasedJob, reason: Error): Error;
  /**
   * Whether this process can run any job of the kind; otherwise it leaves them all to other processes.
   * @default yes
   */
  canRunAny?(): boolean;
  run(attempt: JobAttempt<Payload>): Promise<unknown>;
}
