import type { EntityManager } from 'typeorm';
import type { LeasedJob } from './job.js';
import type { Unreadable } from './unreadable.js';

/** One attempt at a job, as its runner sees it. */
export interface JobAttempt<Payload = unknown> {
  readonly job: LeasedJob;
  /** What {@link JobRunner.load} gave for the job, or what came with a job that was born leased. */
  readonly payload: Payload;
  /** Aborted when the attempt's time is over, its lease is lost, or the application has to stop. */
  readonly signal: AbortSignal;
  /**
   * Completes the job inside of a transaction, so that its work and its completion commit together.
   *
   * @throws {LeaseLostError} if another process has the job; the transaction must roll back
   */
  completeWithin(manager: EntityManager): Promise<void>;
}

/**
 * Runs jobs of one kind. What `run` returns decides: a `RetryLater` or `Discard` does what it says,
 * anything else completes the job; a thrown error fails the attempt.
 *
 * @internal
 */
export interface JobRunner<Payload = unknown> {
  readonly kind: string;
  /**
   * Reads the events or notifications of jobs, in one go. A ref that is left out no longer exists, and its job
   * is discarded; one that is there but damaged is given as {@link Unreadable}, which fails its attempt.
   *
   * @throws if the database fails; that does not count as an attempt
   */
  load(refs: readonly string[]): Promise<ReadonlyMap<string, Payload | Unreadable>>;
  /** How long one attempt may take, in milliseconds. */
  timeoutMs(name: string): number;
  /** For log lines: names the handler or channel and the event or notification, without content. */
  label(job: LeasedJob, payload: Payload): string;
  /** Says more of an interruption, where the runner knows more: its time-out, a lost lease. */
  interrupted?(job: LeasedJob, reason: Error): Error;
  /** Whether this process can run any job of the kind: all are left to others while it cannot. @default yes */
  canRunAny?(): boolean;
  run(attempt: JobAttempt<Payload>): Promise<unknown>;
}
