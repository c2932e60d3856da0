import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import type { PayloadIssue } from '../event/payload-schema.js';
import { stackOf } from '../errors/stack-of.js';
import { SchemaFailedError } from '../event/schema-failed.error.js';
import type { PayloadReading } from '../event/payload.js';
import type { AcceptResult, IncomingEvent } from '../inbox/incoming-event.js';
import { Inbox } from '../inbox/inbox.js';
import { expectJsonIn, payloadOf } from '../signatures/request-payload.js';
import type {
  EventFacts,
  HandshakeAnswer,
  SignedRequest,
  Verification,
  Verified,
} from '../signatures/signature-scheme.js';
import { answer, errorAnswer, schemeAnswer, type Answer } from './answer.js';
import { batchItems } from './batch-item.js';
import { batchOutcome } from './batch-outcome.js';
import { identify } from './event-identity.js';
import { placed } from './placed-payload.js';
import { RefusalLog } from './refusal.log.js';
import { RESOLVED_RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { BodyReader, type BodyReading } from './body.reader.js';
import type { RawRequest } from './raw-request.js';
import { SourceRegistry, type Source } from './source.registry.js';
import { withinTime } from './time-limit.js';

/** A request that came in at the receiver's path. */
export interface SourceRequest {
  /** The source that the path names, decoded; known or not. */
  readonly source: string;
  /** Path and query as they arrived. */
  readonly url: string;
  /** Such as `https://example.com`, where the host's framework knows it. */
  readonly origin?: string | undefined;
  readonly raw: RawRequest;
}

/** How much of an unknown source's name a log line gives. */
const MAX_LOGGED_NAME = 64;

/** Most issues that a sender is told of. */
const MAX_ISSUES = 50;

/** Most events of one body: they are one transaction, and the smallest take but two bytes each. */
const MAX_BATCH = 10_000;

/** What requests of other methods have for a body. */
const NO_BODY = Buffer.alloc(0);

const PROBED = schemeAnswer({ status: 200, headers: {}, body: '' });

/**
 * Takes a request from a source, verifies it, gives its event to the inbox, and says what to answer.
 * Knows neither Express nor Fastify.
 *
 * @internal
 */
@Injectable()
export class WebhookReceiver implements OnApplicationShutdown {
  private readonly logger = new SafeLogger(WebhookReceiver.name);
  private readonly refusals: RefusalLog;
  private readonly retryAfter: Readonly<Record<string, string>>;
  private readonly publicUrl: string | undefined;
  private readonly handshakeTimeoutMs: number;

  constructor(
    private readonly sources: SourceRegistry,
    private readonly inbox: Inbox,
    private readonly bodies: BodyReader,
    private readonly clock: Clock,
    @Inject(RESOLVED_RECEIVER_OPTIONS) options: ResolvedReceiverOptions,
  ) {
    this.refusals = new RefusalLog(this.logger, clock);
    this.retryAfter = { 'retry-after': String(options.retryAfterSeconds) };
    this.publicUrl = options.publicUrl;
    this.handshakeTimeoutMs = options.handshakeTimeoutMs;
  }

  onApplicationShutdown(): void {
    this.refusals.flush();
  }

  /**
   * Receives a request. Never throws; a 2xx means that the event is committed.
   *
   * @returns what to answer, or `undefined` when the client has gone away
   */
  async receive(request: SourceRequest): Promise<Answer | undefined> {
    const source = this.sources.find(request.source);
    if (source === undefined) {
      const name = printable(request.source);
      const reason = 'there is no such source';
      this.refusals.add({ source: name, isKnown: false, status: 404, reason });
      return errorAnswer(404);
    }
    try {
      return await this.verify(source, request);
    } catch (error) {
      // A bug in a scheme, in a schema or in a function of the source: the sender may try again when it is fixed.
      this.logger.error(
        `Failed on a request to source '${source.name}', answered 500: ${describeError(error)}`,
        stackOf(error instanceof SchemaFailedError ? error.cause : error),
      );
      return errorAnswer(500);
    }
  }

  private async verify(source: Source, received: SourceRequest): Promise<Answer | undefined> {
    const { raw } = received;
    if (raw.method !== 'POST') return this.challenge(source, received);
    const reading = await this.bodies.read(raw, source.bodyLimitBytes);
    if (reading.kind !== 'read') return this.unreadable(source, reading.kind);

    const request = this.signedRequest('POST', received, reading.body);
    if (source.jsonField !== undefined) expectJsonIn(request, source.jsonField);
    const now = new Date(this.clock.now());
    const verification = await source.scheme.verify(request, { now });
    // Asked also where the signature is wrong: some senders probe with one, or hand the secret over.
    const handshake = source.scheme.handshake?.(request, { now, verification });
    if (handshake !== undefined) {
      const answered = await this.answerHandshake(source, handshake, verification);
      if (answered !== undefined) return answered;
    }
    if (verification.ok) return this.accept(source, request, reading.body, verification);
    return verification.reason === 'key-unavailable'
      ? this.refuse(source.name, 503, verification.reason, this.retryAfter)
      : this.refuseUnverified(source, verification.reason);
  }

  /** A request of another method than POST holds no event; it may be a sender's question who is here. */
  private async challenge(source: Source, received: SourceRequest): Promise<Answer> {
    const { name, scheme } = source;
    const { method = '' } = received.raw;
    const methods = [...source.methods];
    const allow = { allow: methods.join(', ') };
    if (!source.methods.has(method)) {
      return this.refuse(name, 405, `the method is not ${methods.join(' or ')}`, allow);
    }
    if (scheme.handshakeMethods?.includes(method) === true) {
      const request = this.signedRequest(method, received, NO_BODY);
      const handshake = scheme.handshake?.(request, { now: new Date(this.clock.now()) });
      const answered = handshake && (await this.answerHandshake(source, handshake));
      if (answered !== undefined) return answered;
    }
    return source.probes.some((probe) => probe === method)
      ? PROBED
      : this.refuse(name, 405, `the method is ${method}, and it is no handshake`, allow);
  }

  /** @returns `undefined` where it was no handshake after all */
  private async answerHandshake(
    { name }: Source,
    given: HandshakeAnswer | Promise<HandshakeAnswer | undefined>,
    verification?: Verification,
  ): Promise<Answer | undefined> {
    let settled: HandshakeAnswer | undefined;
    try {
      settled =
        given instanceof Promise
          ? await withinTime(this.clock, given, this.handshakeTimeoutMs)
          : given;
    } catch (error) {
      const reason = `the handshake failed: ${describeError(error)}`;
      return this.refuse(name, 503, reason, this.retryAfter);
    }
    if (settled === undefined) return undefined;
    const { status } = settled;
    const answered = schemeAnswer(settled, status === 503 ? this.retryAfter : {});
    if (status >= 400) {
      const reason = verification?.ok === false ? verification.reason : 'the handshake failed';
      this.warn(name, status, reason);
    } else {
      this.logger.debug(`Answered a handshake of source '${name}' with ${status}`);
    }
    return answered;
  }

  private signedRequest(
    method: string,
    { raw, url, origin = '' }: SourceRequest,
    body: Buffer,
  ): SignedRequest {
    return { method, url: `${this.publicUrl ?? origin}${url}`, headers: raw.headers, body };
  }

  private async accept(
    source: Source,
    request: SignedRequest,
    rawBody: Buffer,
    verified: Verified,
  ): Promise<Answer> {
    const reading = payloadOf(request);
    if (!reading.ok) {
      return this.refuse(source.name, reading.unsupported === true ? 415 : 400, reading.reason);
    }
    if (verified.events !== undefined) {
      return this.acceptBatch(source, request, rawBody, reading, verified.events);
    }
    const found = await identify(source, request, reading, verified, rawBody);
    if (!found.ok) return this.refuse(source.name, 400, found.reason);

    const incoming: IncomingEvent = {
      ...found.identity,
      source: source.name,
      headers: storedHeaders(source, request),
      rawBody,
      ...placed(reading, found.identity.dataPath),
    };
    try {
      const result = await this.inbox.accept(incoming, source.onInvalidPayload);
      return this.accepted(source, incoming, result, verified.keyIndex);
    } catch (error) {
      return this.unstored(source, 'the event was', error);
    }
  }

  /** All of its events are stored, or none: a sender repeats the whole request. */
  private async acceptBatch(
    source: Source,
    request: SignedRequest,
    body: Buffer,
    reading: Extract<PayloadReading, { ok: true }>,
    events: readonly EventFacts[],
  ): Promise<Answer> {
    if (events.length > MAX_BATCH) {
      return this.refuse(source.name, 413, `it holds more than ${MAX_BATCH} events`);
    }
    const headers = storedHeaders(source, request);
    const items = batchItems(body, reading, events);
    const incoming: IncomingEvent[] = [];
    for (const { path, facts, reading: own, rawBody } of items) {
      const found = await identify(source, request, own, facts, rawBody);
      if (!found.ok) return this.refuse(source.name, 400, `${found.reason}, at '${path}'`);
      const { identity } = found;
      const place = placed(own, identity.dataPath);
      incoming.push({ ...identity, source: source.name, headers, rawBody, ...place });
    }
    try {
      const batch = await this.inbox.acceptAll(incoming, source.onInvalidPayload);
      if (batch.ok) return this.acceptedBatch(source, batch.results);
      const issues = batch.refused.flatMap((refused) =>
        refused.issues.map((issue) => within(items[refused.index]?.path ?? '', issue)),
      );
      return this.refuseData(source.name, unfit(issues), issues);
    } catch (error) {
      return this.unstored(source, 'the events were', error);
    }
  }

  private acceptedBatch(source: Source, results: readonly AcceptResult[]): Answer {
    const { name } = source;
    const { status, accepted, duplicates, ignored, rejected, issues } = batchOutcome(results);
    if (rejected > 0) {
      this.logger.warn(
        `Stored ${rejected} of ${results.length} events of a request of source '${name}' as ` +
          `rejected, answered 200: ${unfit(issues)}`,
      );
    }
    this.logger.debug(
      `${results.length} events in a request of source '${name}': ${accepted} accepted, ` +
        `${duplicates} duplicates, ${ignored} ignored`,
    );
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
    { id, type }: IncomingEvent,
    result: AcceptResult,
    keyIndex: number,
  ): Answer {
    switch (result.outcome) {
      case 'accepted':
      case 'duplicate':
      case 'ignored':
        if (this.logger.isDebugEnabled()) {
          this.logger.debug(
            `Event '${id}' of type '${type}' from source '${source.name}': ${result.outcome} (key ${keyIndex})`,
          );
        }
        return committed(source, { status: result.outcome, id });
      case 'rejected': {
        const reason = unfit(result.issues);
        if (!result.stored) return this.refuseData(source.name, reason, result.issues);
        this.logger.warn(
          `Stored an event of source '${source.name}' as rejected, answered 200: ${reason}`,
        );
        return committed(source, { status: 'rejected' });
      }
    }
  }

  private unreadable(
    { name, bodyLimitBytes }: Source,
    kind: Exclude<BodyReading['kind'], 'read'>,
  ): Answer | undefined {
    switch (kind) {
      case 'aborted':
        return undefined;
      case 'too-large':
        return this.refuse(name, 413, `the body is over the limit of ${bodyLimitBytes} bytes`);
      case 'timed-out':
        return this.refuse(name, 408, 'the body took too long');
      case 'overloaded': {
        const reason = 'too many bodies are being read or inflated';
        return this.refuse(name, 503, reason, this.retryAfter);
      }
      case 'unsupported-encoding':
        return this.refuse(name, 415, 'its content encoding is not supported', {
          'accept-encoding': this.bodies.supported,
        });
      case 'corrupt':
        return this.refuse(name, 400, 'the body is not what its content encoding says');
      case 'consumed':
        this.logger.error(
          `Failed on a request to source '${name}', answered 500: something else has read the body ` +
            'before, so its signature cannot be verified. Have the body parser leave out the ' +
            "receiver's path, or keep the bytes as a Buffer in request.rawBody.",
        );
        return errorAnswer(500);
    }
  }

  private refuse(
    source: string,
    status: number,
    reason: string,
    headers?: Readonly<Record<string, string>>,
  ): Answer {
    this.warn(source, status, reason);
    return errorAnswer(status, headers);
  }

  private refuseUnverified({ name, answers: { refused } }: Source, reason: string): Answer {
    if (refused === undefined) return this.refuse(name, 401, reason);
    this.warn(name, refused.status, reason);
    return refused;
  }

  private unstored({ name }: Source, what: string, error: unknown): Answer {
    if (error instanceof SchemaFailedError) throw error;
    return this.refuse(name, 503, `${what} not stored: ${describeError(error)}`, this.retryAfter);
  }

  private refuseData(source: string, reason: string, issues: readonly PayloadIssue[]): Answer {
    this.warn(source, 422, reason);
    return answer(422, {
      statusCode: 422,
      error: 'Unprocessable Entity',
      issues: issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path, message })),
    });
  }

  private warn(source: string, status: number, reason: string): void {
    this.refusals.add({ source, isKnown: true, status, reason });
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

/** What a stranger calls a source, fit for a log. */
function printable(name: string): string {
  const text = name.replace(/[^\x20-\x7e]/g, '?').replaceAll("'", '?');
  return text.length > MAX_LOGGED_NAME ? `${text.slice(0, MAX_LOGGED_NAME)}...` : text;
}
