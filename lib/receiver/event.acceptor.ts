import type { PayloadIssue } from '../event/payload-schema.js';
import type { Inbox } from '../inbox/inbox.js';
import type { AcceptResult, IncomingEvent, RefusedEvent } from '../inbox/incoming-event.js';
import type { Occurrences } from '../telemetry/occurrences.js';
import { answer, type Answer } from './answer.js';
import type { IdentifiedEvents } from './identified-events.js';
import type { Refuser } from './refuser.js';
import { requestOutcome, type RequestOutcome } from './request-outcome.js';
import type { Source } from './source.registry.js';

/**
 * Gives the events of a request to the inbox, publishes the outcome, and says what to answer.
 *
 * @internal
 */
export class EventAcceptor {
  constructor(
    private readonly occurrences: Occurrences,
    private readonly refuser: Refuser,
    private readonly inbox: Inbox,
  ) {}

  /**
   * Accepts all events of a request, or none: a sender repeats the whole request. A 2xx means that they are
   * committed.
   *
   * @param keyIndex which of the source's secrets matched
   */
  async accept(source: Source, found: IdentifiedEvents, keyIndex: number): Promise<Answer> {
    try {
      const accepted = await this.inbox.acceptAll(found.events, source.onInvalidPayload);
      return accepted.ok
        ? this.committed(source, found, accepted.results, keyIndex)
        : this.invalid(source, found, accepted.refused);
    } catch (error) {
      const what = found.isBatch ? 'the events were' : 'the event was';
      return this.refuser.unstored(source, what, error);
    }
  }

  private committed(
    source: Source,
    { events, isBatch }: IdentifiedEvents,
    results: readonly AcceptResult[],
    keyIndex: number,
  ): Answer {
    const outcome = requestOutcome(results);
    for (let index = 0; index < results.length; index++) {
      this.tellOfEvent(events[index], results[index], keyIndex);
    }
    this.tellOfRequest(source, results.length, outcome);
    return (
      source.answers.accepted ??
      answer(200, isBatch ? countsOf(outcome) : resultOf(outcome, events[0]))
    );
  }

  private invalid(
    source: Source,
    { items }: IdentifiedEvents,
    refused: readonly RefusedEvent[],
  ): Answer {
    const issues = refused.flatMap(({ index, issues: own }) =>
      own.map((issue) => within(items[index]?.path ?? '', issue)),
    );
    return this.refuser.data(source.name, unfit(issues), issues);
  }

  private tellOfEvent(
    event: IncomingEvent | undefined,
    result: AcceptResult | undefined,
    keyIndex: number,
  ): void {
    if (event === undefined || result === undefined) return;
    const kind = `event.${result.outcome}` as const;
    if (!this.occurrences.hears(kind)) return;
    const { source, type, id, tenant } = event;
    this.occurrences.publish({ kind, source, type, id, tenant, key: result.key, keyIndex });
  }

  private tellOfRequest(
    { name }: Source,
    events: number,
    { accepted, duplicates, ignored, rejected, issues }: RequestOutcome,
  ): void {
    // Rejected events are published even if nothing else listens: the log warns of them.
    if (rejected === 0 && !this.occurrences.hears('request.accepted')) return;
    this.occurrences.publish({
      kind: 'request.accepted',
      source: name,
      events,
      accepted,
      duplicates,
      ignored,
      rejected,
      reason: rejected > 0 ? unfit(issues) : null,
    });
  }
}

/** The answer to a request with one event. */
function resultOf({ status }: RequestOutcome, event: IncomingEvent | undefined): object {
  return status === 'rejected' ? { status } : { status, id: event?.id };
}

/** The answer to a request that may hold several events. */
function countsOf({ status, accepted, duplicates, ignored, rejected }: RequestOutcome): object {
  const counts = { status, accepted, duplicates, ignored };
  return rejected > 0 ? { ...counts, rejected } : counts;
}

function unfit({ length: count }: readonly PayloadIssue[]): string {
  return `its data does not fit the schema (${count} ${count === 1 ? 'issue' : 'issues'})`;
}

/** An issue of an item, with its path in the whole payload. */
function within(item: string, { path, message }: PayloadIssue): PayloadIssue {
  return { path: [item, path].filter((part) => part !== '').join('.'), message };
}
