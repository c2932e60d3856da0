import { describeError } from '../errors/describe-error.js';
import { backoffDelayMs } from '../retry/backoff.js';
import type { ResolvedBackoffOptions } from '../retry/backoff.options.js';
import { Discard } from '../retry/discard.js';
import { EnterLane } from './enter-lane.js';
import { Held } from './held.js';
import type { JobTransition, LeasedJob } from './job.js';
import { NotRun } from './not-run.js';
import type { RetryLater } from '../retry/retry-later.js';
import { isVerdict } from '../retry/verdict.js';

/** The longest delay: the due time must fit into every database and into `Date`. */
const MAX_DELAY_MS = 100 * 365 * 86_400_000;

/** How an attempt ended. */
export type AttemptOutcome =
  | /** The runner committed the completion with its own transaction. */ {
      readonly kind: 'recorded';
    }
  | OpenOutcome;

/** An outcome that is not yet recorded. */
export type OpenOutcome =
  /** The runner returned. */
  | { readonly kind: 'returned'; readonly value: unknown }
  /** The runner threw, or its time was over. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The job did not run to its end, through no fault of its own: the attempt does not count. */
  | { readonly kind: 'released' }
  /** The lease of another process had run out, which may have died of this job. */
  | { readonly kind: 'lost' };

export interface OutcomeContext {
  readonly now: number;
  readonly leasedBy: string;
  readonly backoff: ResolvedBackoffOptions;
  readonly random: number;
}

/**
 * The change of a job after an attempt.
 *
 * @internal
 */
export function transitionAfter(
  job: LeasedJob,
  outcome: OpenOutcome,
  { now, leasedBy, backoff, random }: OutcomeContext,
): JobTransition {
  switch (outcome.kind) {
    case 'released':
      return givenBack(job, leasedBy, 'available', now, null);
    case 'lost':
      return suspected(job, leasedBy, now + rescueDelayMs(job, backoff, random));
    case 'returned':
      return isVerdict(outcome.value)
        ? fromVerdict(job, leasedBy, outcome.value, now)
        : change(job, leasedBy, 'completed', { finishedAt: now });
    case 'threw': {
      if (isVerdict(outcome.error)) return fromVerdict(job, leasedBy, outcome.error, now);
      const error = describeError(outcome.error);
      if (job.attempt >= job.maxAttempts) {
        return change(job, leasedBy, 'discarded', { finishedAt: now, error });
      }
      const dueAt = now + backoffDelayMs(job.attempt, backoff, random);
      return change(job, leasedBy, 'retryable', { dueAt, error });
    }
  }
}

interface Change {
  readonly dueAt?: number | null;
  readonly finishedAt?: number | null;
  readonly error?: string | null;
  /** @default this attempt counts */
  readonly attempt?: number;
}

/** Whether the job no longer keeps the others of its lane waiting. */
function isOver(job: LeasedJob, state: JobTransition['state']): boolean {
  return (
    state === 'completed' || state === 'cancelled' || (state === 'discarded' && !job.holdsLane)
  );
}

function change(
  job: LeasedJob,
  leasedBy: string,
  state: JobTransition['state'],
  { dueAt = null, finishedAt = null, error = null, attempt = job.attempt }: Change,
): JobTransition {
  return {
    id: job.id,
    lease: job.lease,
    leasedBy,
    state,
    dueAt,
    rescueAt: null,
    attempt: Math.min(attempt, job.maxAttempts),
    lostLeases: 0,
    error,
    finishedAt,
    share: job.share,
    leavesLane: isOver(job, state) ? job.lane : null,
  };
}

/** The row's attempts stay the same: a suspect's attempt is counted at its claim. */
function suspected(job: LeasedJob, leasedBy: string, rescueAt: number): JobTransition {
  return {
    ...change(job, leasedBy, 'available', { attempt: job.attempt - 1 }),
    rescueAt,
    lostLeases: job.lostLeases + 1,
  };
}

/**
 * The job did not run to its end, so a suspect stays one: otherwise a process that cannot run a job would
 * clear a job that kills other processes, again and again.
 */
function givenBack(
  job: LeasedJob,
  leasedBy: string,
  state: 'available' | 'retryable',
  dueAt: number,
  error: string | null,
): JobTransition {
  const { lostLeases } = job;
  const attempt = attemptsBefore(job);
  if (lostLeases === 0) return change(job, leasedBy, state, { dueAt, attempt, error });
  const transition = change(job, leasedBy, 'available', { attempt, error });
  return { ...transition, rescueAt: dueAt, lostLeases };
}

/** No claim finds the job until its pause ends. A suspect stays one. */
function held(job: LeasedJob, leasedBy: string, dueAt: number): JobTransition {
  const transition = change(job, leasedBy, 'available', { dueAt, attempt: attemptsBefore(job) });
  return { ...transition, lostLeases: job.lostLeases };
}

/**
 * The attempts that counted before the claim. Of a suspect's, subtract what SUSPECT_ATTEMPT has counted, so that
 * the next claim counts the same again. One that was retried by hand starts from 0, and was claimed like any
 * other job.
 */
function attemptsBefore({ attempt, lostLeases }: LeasedJob): number {
  return lostLeases === 0 ? attempt - 1 : Math.max(attempt - (lostLeases === 2 ? 2 : 1), 0);
}

/** No delay for a job that may be innocent; a backoff for one that ran by itself, as after a failure. */
function rescueDelayMs(
  { lostLeases }: LeasedJob,
  backoff: ResolvedBackoffOptions,
  random: number,
): number {
  return lostLeases === 0 ? 0 : backoffDelayMs(lostLeases, backoff, random);
}

function fromVerdict(
  job: LeasedJob,
  leasedBy: string,
  verdict: RetryLater | Discard,
  now: number,
): JobTransition {
  const error = describeError(verdict.reason);
  if (verdict instanceof Discard) {
    return change(job, leasedBy, 'discarded', { finishedAt: now, error });
  }
  if (verdict instanceof Held) return held(job, leasedBy, verdict.dueAt);
  const dueAt = now + Math.min(Math.round(verdict.delayMs), MAX_DELAY_MS);
  if (verdict instanceof EnterLane) {
    const { lane: entersLane } = verdict;
    return {
      ...givenBack(job, leasedBy, 'available', dueAt, null),
      leavesLane: job.lane,
      entersLane,
    };
  }
  return verdict instanceof NotRun
    ? givenBack(job, leasedBy, 'retryable', dueAt, error)
    : change(job, leasedBy, 'retryable', { dueAt, attempt: job.attempt - 1, error });
}
