import type { LogLine } from './log.line.js';
import type {
  EventStored,
  EventUnhandled,
  HandshakeAnswered,
  RequestAccepted,
  SourceClockAhead,
} from './receiving.occurrence.js';

/**
 * The log line for events, requests and handshakes.
 *
 * @returns `undefined` for occurrences without a line
 * @internal
 */
export function receivingLine(
  occurrence: EventStored | EventUnhandled | SourceClockAhead | RequestAccepted | HandshakeAnswered,
): LogLine | undefined {
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
    case 'event.unhandled': {
      const { source, type } = occurrence;
      const text =
        `No handler wants events of type '${type}' from '${source}': they are stored and ignored. ` +
        'Add an @OnWebhook handler, or have the sender leave them out.';
      return { context: 'Inbox', level: 'warn', text };
    }
    case 'source.clock-ahead': {
      const { source, aheadMs } = occurrence;
      const text =
        `The clock of source '${source}' is ${Math.round(aheadMs / 1_000)} s ahead of ours: its events count as if they ` +
        'had occurred on arrival, so that rules may judge them in the wrong order. Set its clock, or ours.';
      return { context: 'Inbox', level: 'warn', text };
    }
    case 'request.accepted':
      return requestLine(occurrence);
    case 'handshake.answered': {
      const { source, status } = occurrence;
      return receiver('debug', `Answered a handshake of source '${source}' with ${status}`);
    }
  }
}

function requestLine({
  source,
  events,
  rejected,
  reason,
  accepted,
  duplicates,
  ignored,
}: RequestAccepted): LogLine | undefined {
  if (rejected > 0) {
    const what = events === 1 ? 'an event' : `${rejected} of ${events} events of a request`;
    return receiver(
      'warn',
      `Stored ${what} from source '${source}' as rejected, with no job to handle it, and answered 200: ${reason}`,
    );
  }
  // The event's own line says it all.
  if (events === 1) return undefined;
  return receiver(
    'debug',
    `Source '${source}' sent ${events} events in one request: ${accepted} accepted, ` +
      `${duplicates} duplicates, ${ignored} ignored`,
  );
}

function receiver(level: LogLine['level'], text: string): LogLine {
  return { context: 'WebhookReceiver', level, text };
}
