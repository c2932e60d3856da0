import { describeError } from '../errors/describe-error.js';
import { backoffDelayMs, type ResolvedBackoffOptions } from '../retry/backoff.js';
import { Discard } from './discard.js';
import type { JobTransition, LeasedJob } from './job.js';
import type { RetryLater } from './retry-later.js';
import { isVerdict } from './verdict.js';

/** Nothing is put off for longer: it must be a time that every database and `Date` know. */
const MAX_DELAY_MS = 100 * 365 * 86_400_000;

/** How an attempt ended. */
export type AttemptOutcome =
  /** The runner returned. */
  | { readonly kind: 'returned'; readonly value: unknown }
  /** The runner threw, or its time was over. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The runner committed the completion with its own transaction. */
  | { readonly kind: 'recorded' }
  /** The process stops before the job could be run to its end. */
  | { readonly kind: 'released' };

export interface OutcomeContext {
  readonly now: number;
  readonly leasedBy: string;
  readonly backoff: ResolvedBackoffOptions;
  readonly random: number;
}

/**
 * What becomes of a job after an attempt; `undefined` where nothing is left to record.
 *
 * @internal
 */
export function transitionAfter(
  job: LeasedJob,
  outcome: AttemptOutcome,
  { now, leasedBy, backoff, random }: OutcomeContext,
): JobTransition | undefined {
  switch (outcome.kind) {
    case 'recorded':
      return undefined;
    case 'released':
      // The attempt number must not go back (it tells holders apart), so the limit goes up instead.
      return change(job, leasedBy, 'available', { dueAt: now, extraAttempts: 1 });
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
  /** Attempts that did not count. */
  readonly extraAttempts?: number;
}

function change(
  { id, attempt, maxAttempts }: LeasedJob,
  leasedBy: string,
  state: JobTransition['state'],
  { dueAt = null, finishedAt = null, error = null, extraAttempts = 0 }: Change,
): JobTransition {
  return {
    id,
    attempt,
    leasedBy,
    state,
    dueAt,
    maxAttempts: maxAttempts + extraAttempts,
    error,
    finishedAt,
  };
}

function fromVerdict(
  job: LeasedJob,
  leasedBy: string,
  verdict: RetryLater | Discard,
  now: number,
): JobTransition {
  const error = describeError(verdict.reason);
  return verdict instanceof Discard
    ? change(job, leasedBy, 'discarded', { finishedAt: now, error })
    : change(job, leasedBy, 'retryable', {
        dueAt: now + Math.min(Math.round(verdict.delayMs), MAX_DELAY_MS),
        extraAttempts: 1,
        error,
      });
}
