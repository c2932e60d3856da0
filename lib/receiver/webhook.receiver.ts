import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import type { AcceptResult, IncomingEvent } from '../inbox/incoming-event.js';
import type { PayloadIssue } from '../event/payload-schema.js';
import { Inbox } from '../inbox/inbox.js';
import { payloadOf } from '../signatures/request-payload.js';
import type { SignedRequest, Verified } from '../signatures/signature-scheme.js';
import { answer, errorAnswer, type Answer } from './answer.js';
import { identify } from './event-identity.js';
import { RESOLVED_RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import {
  readBody,
  SUPPORTED_ENCODINGS,
  type BodyReading,
  type RawRequest,
} from './request-body.js';
import { SourceRegistry, type Source } from './source.registry.js';

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

/**
 * Takes a request from a source, verifies it, gives its event to the inbox, and says what to answer.
 * Knows neither Express nor Fastify.
 *
 * @internal
 */
@Injectable()
export class WebhookReceiver {
  private readonly logger = new Logger(WebhookReceiver.name);
  private readonly retryAfter: Readonly<Record<string, string>>;
  private readonly publicUrl: string | undefined;

  constructor(
    private readonly sources: SourceRegistry,
    private readonly inbox: Inbox,
    private readonly clock: Clock,
    @Inject(RESOLVED_RECEIVER_OPTIONS) options: ResolvedReceiverOptions,
  ) {
    this.retryAfter = { 'retry-after': String(options.retryAfterSeconds) };
    this.publicUrl = options.publicUrl;
  }

  /**
   * Receives a request. Never throws; a 2xx means that the event is committed.
   *
   * @returns what to answer, or `undefined` when the client has gone away
   */
  async receive(request: SourceRequest): Promise<Answer | undefined> {
    const source = this.sources.find(request.source);
    if (source === undefined) {
      return this.refuse(printable(request.source), 404, 'there is no such source');
    }
    try {
      return await this.verify(source, request);
    } catch (error) {
      // A bug in a scheme or in a function of the source: the sender may try again when it is mended.
      this.logger.error(
        `Failed on a request to source '${source.name}', answered 500: ${describeError(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
      return errorAnswer(500);
    }
  }

  private async verify(
    source: Source,
    { raw, url, origin = '' }: SourceRequest,
  ): Promise<Answer | undefined> {
    if (raw.method !== 'POST') {
      return this.refuse(source.name, 405, 'the method is not POST', { allow: 'POST' });
    }
    const reading = await readBody(raw, source.bodyLimitBytes);
    if (reading.kind !== 'read') return this.unreadable(source, reading.kind);

    const request: SignedRequest = {
      method: 'POST',
      url: `${this.publicUrl ?? origin}${url}`,
      headers: raw.headers,
      body: reading.body,
    };
    const verification = await source.scheme.verify(request, { now: new Date(this.clock.now()) });
    if (verification.ok) return this.accept(source, request, reading.body, verification);
    return verification.reason === 'key-unavailable'
      ? this.refuse(source.name, 503, verification.reason, this.retryAfter)
      : this.refuse(source.name, 401, verification.reason);
  }

  private async accept(
    source: Source,
    request: SignedRequest,
    rawBody: Buffer,
    verified: Verified,
  ): Promise<Answer> {
    const reading = payloadOf(request);
    if (!reading.ok) return this.refuse(source.name, 400, reading.reason);
    const { format, payload } = reading;
    const found = await identify(source, request, payload, verified);
    if (!found.ok) return this.refuse(source.name, 400, found.reason);

    const incoming: IncomingEvent = {
      ...found.identity,
      source: source.name,
      headers: storedHeaders(source, request),
      rawBody,
      format,
      payload,
    };
    try {
      const result = await this.inbox.accept(incoming, source.onInvalidPayload);
      return this.accepted(source, incoming, result, verified.keyIndex);
    } catch (error) {
      return this.refuse(
        source.name,
        503,
        `the event was not stored: ${describeError(error)}`,
        this.retryAfter,
      );
    }
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
        if (Logger.isLevelEnabled('debug')) {
          this.logger.debug(
            `Event '${id}' of type '${type}' from source '${source.name}': ${result.outcome} (key ${keyIndex})`,
          );
        }
        return answer(200, { status: result.outcome, id });
      case 'rejected': {
        const count = result.issues.length;
        const reason = `its data does not fit the schema (${count} ${count === 1 ? 'issue' : 'issues'})`;
        if (!result.stored) return this.refuseData(source.name, reason, result.issues);
        this.logger.warn(
          `Stored an event of source '${source.name}' as rejected, answered 200: ${reason}`,
        );
        return answer(200, { status: 'rejected' });
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
      case 'unsupported-encoding':
        return this.refuse(name, 415, 'its content encoding is not supported', {
          'accept-encoding': SUPPORTED_ENCODINGS,
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

  private refuseData(source: string, reason: string, issues: readonly PayloadIssue[]): Answer {
    this.warn(source, 422, reason);
    return answer(422, {
      statusCode: 422,
      error: 'Unprocessable Entity',
      issues: issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path, message })),
    });
  }

  private warn(source: string, status: number, reason: string): void {
    this.logger.warn(`Refused a request to source '${source}' with ${status}: ${reason}`);
  }
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

/** What a stranger calls a source, fit for a log. */
function printable(name: string): string {
  const text = name.replace(/[^\x20-\x7e]/g, '?').replaceAll("'", '?');
  return text.length > MAX_LOGGED_NAME ? `${text.slice(0, MAX_LOGGED_NAME)}...` : text;
}
