import { describeError } from '../errors/describe-error.js';
import { backoffDelayMs } from '../retry/backoff.js';
import type { ResolvedBackoffOptions } from '../retry/backoff.options.js';
import { Discard } from '../retry/discard.js';
import type { JobTransition, LeasedJob } from './job.js';
import { NotRun } from './not-run.js';
import type { RetryLater } from '../retry/retry-later.js';
import { isVerdict } from '../retry/verdict.js';

/** Nothing is postponed for longer: it must be a time that every database and `Date` know. */
const MAX_DELAY_MS = 100 * 365 * 86_400_000;

/** How an attempt ended. */
export type AttemptOutcome =
  | /** The runner committed the completion with its own transaction. */ {
      readonly kind: 'recorded';
    }
  | OpenOutcome;

/** An end that has to be recorded yet. */
export type OpenOutcome =
  /** The runner returned. */
  | { readonly kind: 'returned'; readonly value: unknown }
  /** The runner threw, or its time was over. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The job was not run to its end for a reason that is not its own: nothing is counted. */
  | { readonly kind: 'released' }
  /** The lease had run out under another process, which may have died of this job. */
  | { readonly kind: 'lost' };

export interface OutcomeContext {
  readonly now: number;
  readonly leasedBy: string;
  readonly backoff: ResolvedBackoffOptions;
  readonly random: number;
}

/**
 * What becomes of a job after an attempt.
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
  };
}

/** The row's attempts stay as they are: a suspect's was counted when it was handed to its runner. */
function suspected(job: LeasedJob, leasedBy: string, rescueAt: number): JobTransition {
  return {
    ...change(job, leasedBy, 'available', { attempt: job.attempt - 1 }),
    rescueAt,
    lostLeases: job.lostLeases + 1,
  };
}

/**
 * The job was not run to its end. That clears no suspect: a process that cannot run a job which kills others
 * would otherwise save it, again and again.
 */
function givenBack(
  job: LeasedJob,
  leasedBy: string,
  state: 'available' | 'retryable',
  dueAt: number,
  error: string | null,
): JobTransition {
  const { lostLeases } = job;
  if (lostLeases === 0) {
    return change(job, leasedBy, state, { dueAt, attempt: job.attempt - 1, error });
  }
  // What SUSPECT_ATTEMPT has counted, so that the next claim counts the same again. One that was retried by
  // hand starts from 0, and was claimed like any other.
  const attempt = Math.max(job.attempt - (lostLeases === 2 ? 2 : 1), 0);
  const transition = change(job, leasedBy, 'available', { attempt, error });
  return { ...transition, rescueAt: dueAt, lostLeases };
}

/** At once for a job that may be innocent; one that was run by itself waits as after a failure. */
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
  const dueAt = now + Math.min(Math.round(verdict.delayMs), MAX_DELAY_MS);
  return verdict instanceof NotRun
    ? givenBack(job, leasedBy, 'retryable', dueAt, error)
    : change(job, leasedBy, 'retryable', { dueAt, attempt: job.attempt - 1, error });
}
