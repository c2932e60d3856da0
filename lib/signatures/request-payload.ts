import { readPayload, type PayloadReading } from '../event/payload.js';
import type { SignedRequest } from './signature-scheme.js';

/** Keyed by the request, so that it goes with it: a memory of work done, and no state. */
const readings = new WeakMap<SignedRequest, PayloadReading>();

/**
 * The parsed body of a request, by its content type (JSON, form or text). It is parsed once, however
 * many ask. **Ask only when the signature is right**, except for a handshake that is not signed.
 *
 * @param request the same object each time; its body must not change
 * @returns what the body holds, or why it cannot be parsed; it never throws
 * @publicApi
 */
export function payloadOf(request: SignedRequest): PayloadReading {
  const known = readings.get(request);
  if (known !== undefined) return known;
  const contentType = request.headers['content-type'];
  const reading = readPayload(
    typeof contentType === 'string' ? contentType : undefined,
    request.body,
  );
  readings.set(request, reading);
  return reading;
}
