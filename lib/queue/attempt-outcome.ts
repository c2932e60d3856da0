import { describeError } from '../errors/describe-error.js';
import { backoffDelayMs, type ResolvedBackoffOptions } from '../retry/backoff.js';
import { Discard } from './discard.js';
import type { JobTransition, LeasedJob } from './job.js';
import { RetryLater } from './retry-later.js';

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
  const { id, attempt, maxAttempts } = job;
  const base = { id, attempt, leasedBy, maxAttempts };
  switch (outcome.kind) {
    case 'recorded':
      return undefined;
    case 'released':
      // The attempt number must not go back (it tells holders apart), so the limit goes up instead.
      return {
        ...base,
        state: 'available',
        dueAt: now,
        maxAttempts: maxAttempts + 1,
        error: null,
        finishedAt: null,
      };
    case 'returned':
      if (isVerdict(outcome.value)) return fromVerdict(base, outcome.value, now);
      return { ...base, state: 'completed', dueAt: null, error: null, finishedAt: now };
    case 'threw':
      if (isVerdict(outcome.error)) return fromVerdict(base, outcome.error, now);
      if (attempt >= maxAttempts) {
        return {
          ...base,
          state: 'discarded',
          dueAt: null,
          error: describeError(outcome.error),
          finishedAt: now,
        };
      }
      return {
        ...base,
        state: 'retryable',
        dueAt: now + backoffDelayMs(attempt, backoff, random),
        error: describeError(outcome.error),
        finishedAt: null,
      };
  }
}

type Verdict = RetryLater | Discard;

function isVerdict(value: unknown): value is Verdict {
  return value instanceof RetryLater || value instanceof Discard;
}

function fromVerdict(
  base: Pick<JobTransition, 'id' | 'attempt' | 'leasedBy' | 'maxAttempts'>,
  verdict: Verdict,
  now: number,
): JobTransition {
  const error = describeError(verdict.reason);
  return verdict instanceof Discard
    ? { ...base, state: 'discarded', dueAt: null, error, finishedAt: now }
    : {
        ...base,
        state: 'retryable',
        dueAt: now + Math.round(verdict.delayMs),
        maxAttempts: base.maxAttempts + 1,
        error,
        finishedAt: null,
      };
}
