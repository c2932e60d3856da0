import { describeError } from '../errors/describe-error.js';
import { stackOf } from '../errors/stack-of.js';
import type { PayloadIssue } from '../event/payload-schema.js';
import { SchemaFailedError } from '../event/schema-failed.error.js';
import type { Occurrences } from '../telemetry/occurrences.js';
import { answer, errorAnswer, type Answer } from './answer.js';
import type { BodyReading } from './body.reader.js';
import { TOO_MANY_EVENTS, type RequestRefusal } from './request-refusal.js';
import type { Source } from './source.registry.js';

/** Most characters of an unknown source's name that a log line shows. */
const MAX_LOGGED_NAME = 64;

/** Most issues of a payload that an answer lists. */
const MAX_ISSUES = 50;

export interface RefuserOptions {
  readonly retryAfterSeconds: number;
  /** The content encodings that are read, as `Accept-Encoding` names them. */
  readonly encodings: string;
}

/**
 * Makes the answers to requests that are refused, and publishes each refusal.
 *
 * @internal
 */
export class Refuser {
  /** What a 503 says. */
  readonly retryAfter: Readonly<Record<string, string>>;

  constructor(
    private readonly occurrences: Occurrences,
    private readonly options: RefuserOptions,
  ) {
    this.retryAfter = { 'retry-after': String(options.retryAfterSeconds) };
  }

  /** Publishes a refusal whose answer the caller makes. */
  note(source: string, status: number, reason: string): void {
    this.occurrences.publish({ kind: 'request.refused', source, isKnown: true, status, reason });
  }

  refuse(
    source: string,
    status: number,
    reason: string,
    headers?: Readonly<Record<string, string>>,
  ): Answer {
    this.note(source, status, reason);
    return errorAnswer(status, headers);
  }

  unknownSource(name: string): Answer {
    this.occurrences.publish({
      kind: 'request.refused',
      source: printable(name),
      isKnown: false,
      status: 404,
      reason: 'there is no such source',
    });
    return errorAnswer(404);
  }

  unverified({ name, answers: { refused } }: Source, reason: string): Answer {
    if (reason === 'key-unavailable') return this.unavailable(name, reason);
    if (reason === 'too-many-events') return this.unidentified(name, TOO_MANY_EVENTS);
    if (refused === undefined) return this.refuse(name, 401, reason);
    this.note(name, refused.status, reason);
    return refused;
  }

  /** No event can be made of the request. */
  unidentified(source: string, { status, reason }: RequestRefusal): Answer {
    return this.refuse(source, status, reason);
  }

  /** The sender may try again: 503. */
  unavailable(source: string, reason: string): Answer {
    return this.refuse(source, 503, reason, this.retryAfter);
  }

  /** @throws {SchemaFailedError} as it is: a bug of the host, not a fault of the database */
  unstored({ name }: Source, what: string, error: unknown): Answer {
    if (error instanceof SchemaFailedError) throw error;
    return this.unavailable(name, `${what} not stored: ${describeError(error)}`);
  }

  /** A bug of the host, or of a scheme: the sender may try again when it is fixed. */
  failed(source: string, error: unknown): Answer {
    const thrown = error instanceof SchemaFailedError ? error.cause : error;
    const stack = stackOf(thrown);
    // What JSON.parse throws quotes what it was given: the payload.
    const isQuoting = error instanceof SyntaxError || thrown instanceof SyntaxError;
    const reason = isQuoting ? 'a SyntaxError was thrown' : describeError(error);
    return this.broken(source, reason, isQuoting ? framesOf(stack) : stack);
  }

  /** The data does not fit a schema. */
  data(source: string, reason: string, issues: readonly PayloadIssue[]): Answer {
    this.note(source, 422, reason);
    return answer(422, {
      statusCode: 422,
      error: 'Unprocessable Entity',
      issues: issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path, message })),
    });
  }

  /** @returns `undefined` where the client has gone away */
  unreadable(
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
      case 'stopped':
        return this.unavailable(name, 'the application stops, and the body is not complete');
      case 'overloaded':
        return this.unavailable(name, 'too many bodies are being read, inflated or verified');
      case 'unsupported-encoding':
        return this.refuse(name, 415, 'its content encoding is not supported', {
          'accept-encoding': this.options.encodings,
        });
      case 'corrupt':
        return this.refuse(name, 400, 'the body is not what its content encoding says');
      case 'consumed':
        return this.broken(
          name,
          'something else has read the body before, so its signature cannot be verified. Have the body parser ' +
            "leave out the receiver's path, or keep the bytes as a Buffer in request.rawBody.",
        );
    }
  }

  private broken(source: string, reason: string, stack?: string): Answer {
    this.occurrences.publish({ kind: 'request.failed', source, status: 500, reason, stack });
    return errorAnswer(500);
  }
}

/** Where an error was thrown, without its message. */
function framesOf(stack: string | undefined): string | undefined {
  return stack?.slice(stack.search(/\n\s+at /) + 1);
}

/** The name that a stranger gives a source, made safe for a log. */
function printable(name: string): string {
  const text = name.replace(/[^\x20-\x7e]/g, '?').replaceAll("'", '?');
  return text.length > MAX_LOGGED_NAME ? `${text.slice(0, MAX_LOGGED_NAME)}...` : text;
}
