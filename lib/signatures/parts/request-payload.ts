import { readPayload, type PayloadReading } from '../../event/payload.js';
import type { SignedRequest } from '../signature-scheme.js';

/** A constructor that returns the given object: the class below adds its private fields to it. */
class Given {
  constructor(object: object) {
    // oxlint-disable-next-line no-constructor-return
    return object;
  }
}

/**
 * The parsed payload of a request, in private fields of the request, which nobody else sees or copies. A WeakMap
 * would do the same, but its entries cost the garbage collector more than the parsing.
 */
class Memory extends Given {
  #field: string | undefined;
  #reading: PayloadReading | undefined;

  private constructor(request: SignedRequest) {
    super(request);
  }

  static fieldOf(request: SignedRequest): string | undefined {
    return #field in request ? request.#field : undefined;
  }

  static readingOf(request: SignedRequest): PayloadReading | undefined {
    return #reading in request ? request.#reading : undefined;
  }

  /** The first field wins. A payload that was parsed as a plain form before is parsed again. */
  static expect(request: SignedRequest, field: string): void {
    const memory = Memory.of(request);
    if (memory === undefined || memory.#field !== undefined) return;
    memory.#field = field;
    memory.#reading = undefined;
  }

  static keep(request: SignedRequest, reading: PayloadReading): void {
    const memory = Memory.of(request);
    if (memory !== undefined) memory.#reading = reading;
  }

  /** A frozen request is parsed each time: future engines refuse it private fields. */
  private static of(request: SignedRequest): Memory | undefined {
    if (#field in request) return request;
    return Object.isExtensible(request) ? new Memory(request) : undefined;
  }
}

/**
 * Makes {@link payloadOf} use the JSON in a form's field as the payload, if the form has it. The host's option
 * for the source is set first, and so wins over the scheme's.
 *
 * @internal
 */
export function expectJsonIn(request: SignedRequest, field: string): void {
  Memory.expect(request, field);
}

/**
 * The parsed body of a request, by its content type (JSON, form or text). It is parsed once, however often you
 * call this. **Call it only if the signature is right**, except for a handshake that is not signed.
 *
 * @param request the same object each time; its body must not change
 * @returns the payload, or why it cannot be parsed; it never throws
 * @publicApi
 */
export function payloadOf(request: SignedRequest): PayloadReading {
  const known = Memory.readingOf(request);
  if (known !== undefined) return known;
  const contentType = request.headers['content-type'];
  const reading = readPayload(
    typeof contentType === 'string' ? contentType : undefined,
    request.body,
    Memory.fieldOf(request),
  );
  Memory.keep(request, reading);
  return reading;
}
