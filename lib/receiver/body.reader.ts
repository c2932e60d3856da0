import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { BodyBytes } from './body-bytes.js';
import { contentEncodings } from './content-encoding.js';
import { inflated, type InflatableEncoding, type Inflation } from './inflate.js';
import { InflationGate } from './inflation.gate.js';
import type { RawRequest } from './raw-request.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { type GivenUp, UnfinishedBodies, type UnfinishedBody } from './unfinished-bodies.js';

/** The result of reading a body. */
export type BodyReading =
  /** All bytes are here; or it is over the limit, or not what its content encoding says. */
  | Inflation
  /** It took too long, the application stops, or too many bytes of unfinished bodies are in memory. */
  | { readonly kind: GivenUp }
  /** Its content encoding is unknown. */
  | { readonly kind: 'unsupported-encoding' }
  /** The client went away, and waits for no answer. */
  | { readonly kind: 'aborted' }
  /** Something else has read the request and has not kept the bytes. */
  | { readonly kind: 'consumed' };

/**
 * Time that a body has when the application stops: a sender that is slow, or silent, must not keep it until the
 * platform kills it.
 */
const STOP_TIMEOUT_MS = 2_000;

const TOO_LARGE: BodyReading = { kind: 'too-large' };

/**
 * Reads the bodies of requests, no further than their limit allows, and undoes their content encodings.
 * Bounds the time, the memory and the work that all of them may take together.
 *
 * @internal
 */
@Injectable()
export class BodyReader implements BeforeApplicationShutdown {
  private readonly unfinished: UnfinishedBodies;
  private readonly gate: InflationGate;
  private readonly encodings: ReadonlyMap<string, InflatableEncoding>;

  constructor(
    clock: Clock,
    @Inject(RECEIVER_OPTIONS.token)
    options: Pick<
      ResolvedReceiverOptions,
      'bodyTimeoutMs' | 'maxUnfinishedBytes' | 'contentEncodings'
    >,
  ) {
    this.unfinished = new UnfinishedBodies(
      clock,
      options.bodyTimeoutMs,
      options.maxUnfinishedBytes,
    );
    this.gate = new InflationGate(clock);
    this.encodings = namesOf(options.contentEncodings);
  }

  beforeApplicationShutdown(): void {
    this.unfinished.stopWithin(STOP_TIMEOUT_MS);
  }

  /** For the `Accept-Encoding` of a refusal. */
  get supported(): string {
    return [...new Set(this.encodings.values()), 'identity'].join(', ');
  }

  /**
   * Reads a request's body. Never throws, whatever a client sends.
   *
   * @param request the raw request
   * @param limitBytes most bytes that the decoded body may have
   */
  read(request: RawRequest, limitBytes: number): Promise<BodyReading> {
    if (isConsumed(request)) return Promise.resolve(keptBody(request.rawBody, limitBytes));

    const [name, ...others] = contentEncodings(request.headers['content-encoding']);
    if (name === undefined) return this.collect(request, limitBytes, release);
    const encoding = others.length === 0 ? this.encodings.get(name) : undefined;
    if (encoding === undefined) {
      ignoreErrors(request);
      return Promise.resolve({ kind: 'unsupported-encoding' });
    }
    return this.readEncoded(request, encoding, limitBytes);
  }

  private async readEncoded(
    request: RawRequest,
    encoding: InflatableEncoding,
    limitBytes: number,
  ): Promise<BodyReading> {
    let place: UnfinishedBody | undefined;
    // Its bytes count as unfinished until it is inflated.
    const reading = await this.collect(request, encodedLimit(limitBytes), (_, body) => {
      place = body;
    });
    if (place === undefined || reading.kind !== 'read') return reading;
    const waiting = place;
    const inflation = await this.gate.run(
      () => inflated(encoding, reading.body, limitBytes),
      (leave) => (waiting.giveUp = leave),
    );
    this.unfinished.remove(waiting);
    return inflation ?? { kind: 'overloaded' };
  }

  /** @param onRead is given the body's place among the unfinished ones when all bytes are here */
  private collect(
    request: RawRequest,
    limitBytes: number,
    onRead: (unfinished: UnfinishedBodies, place: UnfinishedBody) => void,
  ): Promise<BodyReading> {
    if (request.destroyed) return Promise.resolve({ kind: 'aborted' });
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      ignoreErrors(request);
      return Promise.resolve(TOO_LARGE);
    }
    return new Promise((resolve) => {
      const bytes = new BodyBytes();

      const onData = (chunk: Buffer): void => {
        if (bytes.length + chunk.length > limitBytes) {
          giveUp(TOO_LARGE);
          return;
        }
        bytes.add(chunk);
        this.unfinished.grow(place, chunk.length);
      };
      const onEnd = (): void => {
        settle({ kind: 'read', body: bytes.joined() });
        place.giveUp = nothing;
        onRead(this.unfinished, place);
      };
      const onClose = (): void => giveUp({ kind: 'aborted' });
      const giveUp = (reading: BodyReading): void => {
        this.unfinished.remove(place);
        settle(reading);
      };
      const settle = (reading: BodyReading): void => {
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        resolve(reading);
      };

      const place = this.unfinished.add((kind) => settle({ kind }));
      // The listener for errors stays: an error that comes later must not end the process.
      request.on('error', onClose).on('data', onData).on('end', onEnd).on('close', onClose);
      request.resume();
    });
  }
}

function release(unfinished: UnfinishedBodies, place: UnfinishedBody): void {
  unfinished.remove(place);
}

function nothing(): void {
  // It is read already.
}

function namesOf(
  encodings: readonly InflatableEncoding[],
): ReadonlyMap<string, InflatableEncoding> {
  const names = new Map<string, InflatableEncoding>(encodings.map((name) => [name, name]));
  if (encodings.includes('gzip')) names.set('x-gzip', 'gzip');
  return names;
}

/** Whether something else has read bytes already, or has the stream turn them into text. */
function isConsumed(request: RawRequest): boolean {
  return request.readableEnded || request.readableDidRead || request.readableEncoding !== null;
}

function keptBody(bytes: unknown, limitBytes: number): BodyReading {
  if (!Buffer.isBuffer(bytes)) return { kind: 'consumed' };
  return bytes.length > limitBytes ? TOO_LARGE : { kind: 'read', body: bytes };
}

/** Bytes that cannot be compressed grow a little when they are, and must not be refused for that. */
function encodedLimit(limitBytes: number): number {
  return limitBytes + Math.ceil(limitBytes / 20) + 1_024;
}

/** A client that goes away while it is refused must not end the process. */
function ignoreErrors(request: RawRequest): void {
  request.on('error', nothing);
}
