import type { KeySequence } from '../database/key-sequence.js';
import { RetryLater } from '../retry/retry-later.js';
import { isVerdict } from '../retry/verdict.js';
import type { AttemptRow, AttemptVerdict } from './attempt.js';
import type { OpenOutcome } from './attempt-outcome.js';
import { errorKey } from './error-key.js';
import type { ExecutableJob } from './executable.job.js';
import type { JobTransition } from './job.js';
import { NotRun } from './not-run.js';

/**
 * The row that an attempt leaves; `undefined` for one that completes its job at first try, and for one that did
 * not begin.
 *
 * @param transition the change of its job
 * @param now in milliseconds since the epoch
 * @param keys makes the row's id
 * @internal
 */
export function endedAttempt(
  { job, startedAt }: Pick<ExecutableJob, 'job' | 'startedAt'>,
  outcome: OpenOutcome,
  transition: JobTransition,
  now: number,
  keys: KeySequence,
): AttemptRow | undefined {
  const isFirstTry = job.attempt <= 1 && job.lostLeases === 0;
  if (isFirstTry && transition.state === 'completed') return undefined;
  const given = valueOf(outcome);
  const isLost = outcome.kind === 'lost';
  if (!isLost && (startedAt === undefined || given instanceof NotRun)) return undefined;
  const { error } = transition;
  return {
    id: keys.next(now),
    jobId: job.id,
    number: Math.min(job.attempt, job.maxAttempts),
    // Whose lease ran out is not known any more.
    process: isLost ? null : transition.leasedBy,
    startedAt: isLost ? null : (startedAt ?? null),
    endedAt: now,
    verdict: verdictOf(outcome, transition),
    error,
    errorKey: error === null ? null : errorKey(job.name, given, error),
  };
}

function verdictOf(outcome: OpenOutcome, { state }: JobTransition): AttemptVerdict {
  if (outcome.kind === 'released' || outcome.kind === 'lost') return outcome.kind;
  if (state === 'completed' || state === 'discarded') return state;
  const given = valueOf(outcome);
  return isVerdict(given) && given instanceof RetryLater ? 'postponed' : 'failed';
}

/** What the runner returned or threw. */
function valueOf(outcome: OpenOutcome): unknown {
  switch (outcome.kind) {
    case 'returned':
      return outcome.value;
    case 'threw':
      return outcome.error;
    default:
      return undefined;
  }
}
