import type { LogLine } from './log.line.js';
import type { PollEnded, PollHeldUp, PollItemFailed } from './poll.occurrence.js';

const RUNNER = 'PollRunner';

/**
 * The log line for a run of a poller, or for one of its items.
 *
 * @returns `undefined` for occurrences without a line
 * @internal
 */
export function pollLine(occurrence: PollEnded | PollItemFailed | PollHeldUp): LogLine | undefined {
  const { poller } = occurrence;
  switch (occurrence.kind) {
    case 'poll.completed':
      return undefined;
    case 'poll.failed': {
      const text = `Poller '${poller}' failed and runs again at its next tick: ${occurrence.error}`;
      return { context: RUNNER, level: 'error', text };
    }
    case 'poll.postponed': {
      const seconds = Math.ceil((occurrence.waitMs ?? 0) / 1_000);
      return runner(`Poller '${poller}' is postponed for ${seconds} s: ${occurrence.error}`);
    }
    case 'poll.held-up':
      return runner(`Poller '${poller}' ${occurrence.reason}`);
    case 'poll.item-failed':
    case 'poll.item-parked':
      return { context: 'AsideKeeper', level: 'warn', text: itemText(occurrence) };
  }
}

function itemText({ kind, poller, label, error }: PollItemFailed): string {
  return kind === 'poll.item-parked'
    ? `Poller '${poller}' has parked the ${label} and no longer retries it: ${error}. ` +
        'PollRegistry.parked() lists what is parked, retryParked() retries it.'
    : `Poller '${poller}' failed on the ${label}; it goes on with the others and retries this one in its next ` +
        `run: ${error}`;
}

function runner(text: string): LogLine {
  return { context: RUNNER, level: 'warn', text };
}
