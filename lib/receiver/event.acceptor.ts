import type { PayloadIssue } from '../event/payload-schema.js';
import type { PayloadReading } from '../event/payload.js';
import type { Inbox } from '../inbox/inbox.js';
import type { AcceptResult, IncomingEvent } from '../inbox/incoming-event.js';
import { MAX_EVENTS } from '../signatures/facts/event-fact.reader.js';
import { payloadOf } from '../signatures/parts/request-payload.js';
import type { EventFacts, SignedRequest, Verified } from '../signatures/signature-scheme.js';
import type { Occurrences } from '../telemetry/occurrences.js';
import { answer, type Answer } from './answer.js';
import { batchItems } from './batch-item.js';
import { batchOutcome } from './batch-outcome.js';
import { identify } from './event-identity.js';
import { incomingEvent } from './incoming-event.factory.js';
import type { Refuser } from './refuser.js';
import type { Source } from './source.registry.js';

/** Most bytes of the events of one body together, where they are more than the body. */
const MAX_STORED_BYTES = 16 * 1024 * 1024;

/**
 * Gives the events of a verified request to the inbox, and says what to answer.
 *
 * @internal
 */
export class EventAcceptor {
  constructor(
    private readonly occurrences: Occurrences,
    private readonly refuser: Refuser,
    private readonly inbox: Inbox,
  ) {}

  /** Accepts what a verified request has: a 2xx means that it is committed. */
  async accept(
    source: Source,
    request: SignedRequest,
    rawBody: Buffer,
    verified: Verified,
  ): Promise<Answer> {
    const reading = payloadOf(request);
    if (!reading.ok) {
      return this.refuser.refuse(
        source.name,
        reading.unsupported === true ? 415 : 400,
        reading.reason,
      );
    }
    if (verified.events !== undefined) {
      return this.acceptBatch(source, request, rawBody, reading, verified, verified.events);
    }
    const found = await identify(source, request, reading, verified, rawBody);
    if (!found.ok) return this.refuser.refuse(source.name, 400, found.reason);

    const headers = storedHeaders(source, request);
    const incoming = incomingEvent(source, found.identity, reading, headers, rawBody);
    try {
      const result = await this.inbox.accept(incoming, source.onInvalidPayload);
      return this.accepted(source, incoming, result, verified.keyIndex);
    } catch (error) {
      return this.refuser.unstored(source, 'the event was', error);
    }
  }

  /** All of its events are stored, or none: a sender repeats the whole request. */
  private async acceptBatch(
    source: Source,
    request: SignedRequest,
    body: Buffer,
    reading: Extract<PayloadReading, { ok: true }>,
    verified: Verified,
    events: readonly EventFacts[],
  ): Promise<Answer> {
    if (events.length > MAX_EVENTS) return this.refuser.tooManyEvents(source.name);
    const headers = storedHeaders(source, request);
    const items = batchItems(body, reading, events);
    const storedBytes = items.reduce((bytes, { rawBody }) => bytes + rawBody.length, 0);
    if (storedBytes > Math.max(MAX_STORED_BYTES, body.length)) {
      const reason =
        'its events have no bytes of their own, and would be stored with all of it each';
      return this.refuser.refuse(source.name, 413, reason);
    }
    const incoming: IncomingEvent[] = [];
    for (const { path, facts, reading: own, rawBody } of items) {
      const found = await identify(source, request, own, facts, rawBody);
      if (!found.ok) return this.refuser.refuse(source.name, 400, `${found.reason}, at '${path}'`);
      incoming.push(incomingEvent(source, found.identity, own, headers, rawBody));
    }
    try {
      const batch = await this.inbox.acceptAll(incoming, source.onInvalidPayload);
      if (batch.ok) return this.acceptedBatch(source, incoming, batch.results, verified.keyIndex);
      const issues = batch.refused.flatMap((refused) =>
        refused.issues.map((issue) => within(items[refused.index]?.path ?? '', issue)),
      );
      return this.refuser.data(source.name, unfit(issues), issues);
    } catch (error) {
      return this.refuser.unstored(source, 'the events were', error);
    }
  }

  private acceptedBatch(
    source: Source,
    events: readonly IncomingEvent[],
    results: readonly AcceptResult[],
    keyIndex: number,
  ): Answer {
    const { status, issues, ...counts } = batchOutcome(results);
    const { accepted, duplicates, ignored, rejected } = counts;
    results.forEach((result, index) => this.tell(events[index], result, keyIndex));
    const reason = rejected > 0 ? unfit(issues) : null;
    this.occurrences.publish({
      kind: 'request.accepted',
      source: source.name,
      events: results.length,
      ...counts,
      reason,
    });
    return committed(source, {
      status,
      accepted,
      duplicates,
      ignored,
      ...(rejected > 0 && { rejected }),
    });
  }

  private accepted(
    source: Source,
    event: IncomingEvent,
    result: AcceptResult,
    keyIndex: number,
  ): Answer {
    const { outcome } = result;
    const reason = outcome === 'rejected' ? unfit(result.issues) : null;
    if (outcome === 'rejected' && !result.stored) {
      return this.refuser.data(source.name, String(reason), result.issues);
    }
    this.tell(event, result, keyIndex);
    if (reason !== null || this.occurrences.hears('request.accepted')) {
      this.occurrences.publish({
        kind: 'request.accepted',
        source: source.name,
        events: 1,
        accepted: Number(outcome === 'accepted'),
        duplicates: Number(outcome === 'duplicate'),
        ignored: Number(outcome === 'ignored'),
        rejected: Number(outcome === 'rejected'),
        reason,
      });
    }
    return committed(
      source,
      outcome === 'rejected' ? { status: outcome } : { status: outcome, id: event.id },
    );
  }

  private tell(event: IncomingEvent | undefined, result: AcceptResult, keyIndex: number): void {
    const kind = `event.${result.outcome}` as const;
    if (event === undefined || !this.occurrences.hears(kind)) return;
    const { source, type, id, tenant } = event;
    this.occurrences.publish({ kind, source, type, id, tenant, key: result.key, keyIndex });
  }
}

/** Says what came of the events, unless the sender wants to hear something else. */
function committed({ answers: { accepted } }: Source, content: object): Answer {
  return accepted ?? answer(200, content);
}

function storedHeaders(
  { storeHeaders }: Source,
  { headers }: SignedRequest,
): Record<string, string> {
  const stored: Record<string, string> = {};
  for (const name of storeHeaders) {
    const value = headers[name];
    if (value !== undefined) stored[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return stored;
}

function unfit({ length: count }: readonly PayloadIssue[]): string {
  return `its data does not fit the schema (${count} ${count === 1 ? 'issue' : 'issues'})`;
}

/** An issue of an item, as one of the whole payload. */
function within(item: string, { path, message }: PayloadIssue): PayloadIssue {
  return { path: [item, path].filter((part) => part !== '').join('.'), message };
}
