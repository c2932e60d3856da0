import type {
  AttemptEnded,
  JobsHeldUp,
  NotificationsRecovered,
  OutcomeLost,
} from './job.occurrence.js';
import type { LogLine } from './log.line.js';

/**
 * The log line for an attempt, an outcome or several jobs.
 *
 * @returns `undefined` for occurrences without a line
 * @internal
 */
export function jobLine(
  occurrence: AttemptEnded | OutcomeLost | JobsHeldUp | NotificationsRecovered,
): LogLine | undefined {
  switch (occurrence.kind) {
    case 'attempt.completed':
    case 'attempt.failed':
    case 'attempt.postponed':
    case 'job.discarded':
      return attemptLine(occurrence);
    case 'lease.lost':
    case 'outcome.not-recorded':
      return outcomeLine(occurrence);
    case 'jobs.unreadable':
    case 'jobs.suspected':
      return heldUpLine(occurrence);
    case 'notifications.recovered': {
      const text = `${occurrence.count} notifications that an earlier version had left without a job are sent now.`;
      return { context: 'NotificationRecovery', level: 'warn', text };
    }
  }
}

function attemptLine({
  kind,
  label,
  jobId,
  attempt,
  maxAttempts,
  nextInMs,
  error,
}: AttemptEnded): LogLine | undefined {
  const seconds = Math.ceil((nextInMs ?? 0) / 1_000);
  switch (kind) {
    case 'attempt.completed':
      return undefined;
    case 'attempt.failed':
      return worker(
        'warn',
        `${label} failed in attempt ${attempt} of ${maxAttempts} and is retried in ${seconds} s: ${error}`,
      );
    case 'attempt.postponed':
      return worker(
        'warn',
        `${label} is postponed by ${seconds} s, and attempt ${attempt} of ${maxAttempts} does not count: ${error}`,
      );
    case 'job.discarded':
      return worker(
        'error',
        `${label} is discarded after attempt ${attempt} of ${maxAttempts}; ` +
          `QueueService.retry('${jobId}') runs it again: ${error}`,
      );
  }
}

function outcomeLine({ kind, label, error }: OutcomeLost): LogLine {
  return kind === 'lease.lost'
    ? worker(
        'warn',
        `${label}: the lease was lost, so this outcome is not recorded. Another process has the job, ` +
          'or it was cancelled.',
      )
    : worker(
        'error',
        `${label}: recording the outcome failed. It is retried until the lease runs out; then the job runs ` +
          `again: ${error}`,
      );
}

function heldUpLine({ kind, count, jobKind, error }: JobsHeldUp): LogLine {
  return kind === 'jobs.unreadable'
    ? worker(
        'warn',
        `${count} '${jobKind}' jobs are postponed and retried, because their events or notifications could not be ` +
          `read: ${error}`,
      )
    : worker(
        'warn',
        `${count} jobs were leased to a process that died or was cut off from the database. One of them may be the ` +
          'reason, so each now runs by itself.',
      );
}

function worker(level: LogLine['level'], text: string): LogLine {
  return { context: 'JobWorker', level, text };
}
