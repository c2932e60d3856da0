import { jobLine } from './job.line.js';
import type { LogLine } from './log.line.js';
import type { Occurrence } from './occurrence.js';
import { pollLine } from './poll.line.js';
import { receivingLine } from './receiving.line.js';

/**
 * The log line for an occurrence.
 *
 * @returns `undefined` for occurrences without a line
 * @internal
 */
export function occurrenceLine(occurrence: Occurrence): LogLine | undefined {
  switch (occurrence.kind) {
    case 'startup.completed':
      return { context: 'WebhookModule', level: 'log', text: occurrence.summary };
    case 'startup.advice':
      return { context: occurrence.component, level: 'warn', text: occurrence.advice };
    case 'event.accepted':
    case 'event.duplicate':
    case 'event.ignored':
    case 'event.rejected':
    case 'event.unhandled':
    case 'source.clock-ahead':
    case 'request.accepted':
    case 'handshake.answered':
      return receivingLine(occurrence);
    // The refusal log writes these, and counts them in a flood: strangers can cause any number of them.
    case 'request.refused':
    case 'request.failed':
      return undefined;
    case 'attempt.completed':
    case 'attempt.failed':
    case 'attempt.postponed':
    case 'job.discarded':
    case 'lease.lost':
    case 'outcome.not-recorded':
    case 'jobs.unreadable':
    case 'jobs.suspected':
    case 'notifications.recovered':
      return jobLine(occurrence);
    case 'poll.completed':
    case 'poll.failed':
    case 'poll.postponed':
    case 'poll.item-failed':
    case 'poll.item-parked':
    case 'poll.held-up':
      return pollLine(occurrence);
    case 'background.failed': {
      const { component, work, error } = occurrence;
      return {
        context: component,
        level: 'error',
        text: `${work} failed: ${error}; the library retries it`,
      };
    }
  }
}
