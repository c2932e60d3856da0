import { readPayload, type PayloadReading } from '../event/payload.js';
import type { SignedRequest } from './signature-scheme.js';

/** A constructor that makes nothing: the class below adds its field to the object that is given. */
class Given {
  constructor(object: object) {
    // oxlint-disable-next-line no-constructor-return
    return object;
  }
}

/**
 * What a request remembers: its reading, in a private field, which goes with it and which nobody else
 * sees or copies. It does what a WeakMap would, whose entries cost the garbage collector more than the
 * parsing.
 */
class Memory extends Given {
  readonly #reading: PayloadReading;

  private constructor(request: SignedRequest, reading: PayloadReading) {
    super(request);
    this.#reading = reading;
  }

  static of(request: SignedRequest): PayloadReading | undefined {
    return #reading in request ? request.#reading : undefined;
  }

  /** One that is frozen is parsed again: engines are to refuse it a private field. */
  static keep(request: SignedRequest, reading: PayloadReading): void {
    if (Object.isExtensible(request)) void new Memory(request, reading);
  }
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
  const known = Memory.of(request);
  if (known !== undefined) return known;
  const contentType = request.headers['content-type'];
  const reading = readPayload(
    typeof contentType === 'string' ? contentType : undefined,
    request.body,
  );
  Memory.keep(request, reading);
  return reading;
}
