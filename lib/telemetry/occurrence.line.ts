import type { Occurrence } from './occurrence.js';

/** A line of the log. */
export interface OccurrenceLine {
  /** The class that it is about. */
  readonly context: string;
  readonly level: 'error' | 'warn' | 'debug';
  readonly text: string;
}

/**
 * What the log says of an occurrence.
 *
 * @returns `undefined` for what it passes over
 * @internal
 */
export function occurrenceLine(occurrence: Occurrence): OccurrenceLine | undefined {
  switch (occurrence.kind) {
    case 'event.accepted':
    case 'event.duplicate':
    case 'event.ignored':
    case 'event.rejected': {
      const { kind, id, type, source, keyIndex } = occurrence;
      const outcome = kind.slice('event.'.length);
      return receiver(
        'debug',
        `Event '${id}' of type '${type}' from source '${source}': ${outcome} (key ${keyIndex})`,
      );
    }
    case 'request.accepted': {
      const { source, events, rejected, reason } = occurrence;
      if (rejected > 0) {
        const what = events === 1 ? 'an event' : `${rejected} of ${events} events of a request`;
        return receiver(
          'warn',
          `Stored ${what} of source '${source}' as rejected, answered 200: ${reason}`,
        );
      }
      if (events === 1) return undefined;
      const { accepted, duplicates, ignored } = occurrence;
      return receiver(
        'debug',
        `${events} events in a request of source '${source}': ${accepted} accepted, ` +
          `${duplicates} duplicates, ${ignored} ignored`,
      );
    }
    // Their lines are counted, as strangers can have any number written.
    case 'request.refused':
    case 'request.failed':
      return undefined;
    case 'attempt.completed':
    case 'poll.completed':
      return undefined;
    case 'attempt.failed':
    case 'attempt.postponed': {
      const { kind, label, attempt, maxAttempts, nextInMs, error } = occurrence;
      const verb = kind === 'attempt.postponed' ? 'is postponed' : 'failed';
      return worker(
        'warn',
        `${label} ${verb} in attempt ${attempt} of ${maxAttempts}, ` +
          `next in ${Math.ceil((nextInMs ?? 0) / 1_000)} s: ${error}`,
      );
    }
    case 'job.discarded': {
      const { label, attempt, maxAttempts, error } = occurrence;
      return worker(
        'error',
        `${label} is discarded after attempt ${attempt} of ${maxAttempts}: ${error}`,
      );
    }
    case 'lease.lost':
      return worker(
        'warn',
        `${occurrence.label}: the lease was lost; the outcome is not recorded.`,
      );
    case 'outcome.not-recorded':
      return worker(
        'error',
        `${occurrence.label}: recording the outcome failed: ${occurrence.error}`,
      );
    case 'jobs.unreadable': {
      const { count, jobKind, error } = occurrence;
      return worker(
        'warn',
        `${count} '${jobKind}' jobs are postponed, as their events or notifications could not be read: ${error}`,
      );
    }
    case 'jobs.suspected':
      return worker(
        'warn',
        `${occurrence.count} jobs were leased to a process that died, or was cut off from the database: ` +
          'each is run by itself now, as one of them may be the reason.',
      );
    case 'poll.failed': {
      const { poller, error } = occurrence;
      return poll('error', `Poller '${poller}' failed; the next tick tries again: ${error}`);
    }
    case 'poll.postponed': {
      const { poller, waitMs, error } = occurrence;
      return poll(
        'warn',
        `Poller '${poller}' is postponed for ${Math.ceil((waitMs ?? 0) / 1_000)} s: ${error}`,
      );
    }
    case 'poll.item-failed':
    case 'poll.item-parked': {
      const { kind, poller, label, error } = occurrence;
      return aside(
        kind === 'poll.item-parked'
          ? `Poller '${poller}' has parked the ${label}, and tries it no more: ${error}. ` +
              'See PollRegistry.parked() and retryParked().'
          : `Poller '${poller}' could not take the ${label}, and goes on with the others: ${error}`,
      );
    }
    case 'poll.held-up': {
      const { poller, reason } = occurrence;
      return poll('warn', `Poller '${poller}' ${reason}`);
    }
    case 'background.failed': {
      const { component, work, error } = occurrence;
      return { context: component, level: 'error', text: `${work} failed: ${error}` };
    }
  }
}

type Level = OccurrenceLine['level'];

const receiver = (level: Level, text: string): OccurrenceLine => ({
  context: 'WebhookReceiver',
  level,
  text,
});

const worker = (level: Level, text: string): OccurrenceLine => ({
  context: 'JobWorker',
  level,
  text,
});

const aside = (text: string): OccurrenceLine => ({ context: 'AsideKeeper', level: 'warn', text });

const poll = (level: Level, text: string): OccurrenceLine => ({
  context: 'PollRunner',
  level,
  text,
});
