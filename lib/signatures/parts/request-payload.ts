import { readPayload, type PayloadReading } from '../../event/payload.js';
import type { SignedRequest } from '../signature-scheme.js';

/** A constructor that makes nothing: the class below adds its field to the object that is given. */
class Given {
  constructor(object: object) {
    // oxlint-disable-next-line no-constructor-return
    return object;
  }
}

/**
 * What a request remembers: its reading, in private fields, which go with it and which nobody else sees
 * or copies. It does what a WeakMap would, whose entries cost the garbage collector more than the
 * parsing.
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

  /** The first one counts. What was read before, as a plain form, is read again. */
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

  /** One that is frozen is parsed again: engines are to refuse it a private field. */
  private static of(request: SignedRequest): Memory | undefined {
    if (#field in request) return request;
    return Object.isExtensible(request) ? new Memory(request) : undefined;
  }
}

/**
 * Has {@link payloadOf} take the JSON in a form's field for the payload, where there is some. What the
 * host says of its source comes before what the scheme says of the sender.
 *
 * @internal
 */
export function expectJsonIn(request: SignedRequest, field: string): void {
  Memory.expect(request, field);
}

/**
 * The parsed body of a request, by its content type (JSON, form or text). It is parsed once, however
 * many ask. **Ask only when the signature is right**, except for a handshake that is not signed.
 *
 * @param request the same object each time; its body must not change
 * @returns what the body holds, or why it cannot be parsed; it never throws
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
