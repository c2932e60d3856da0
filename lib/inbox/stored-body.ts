import { isUtf8 } from 'node:buffer';
import type { BodyEncoding } from './event.entity.js';

/** A body as it is stored. */
export interface StoredBody {
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
}

/** A stored body that is not sealed. */
export interface OpenBody extends StoredBody {
  readonly bodyEncoding: 'utf8' | 'base64';
}

/**
 * Encodes bytes for a text column: as readable text if they are valid UTF-8 without NUL, which PostgreSQL
 * refuses, and otherwise in base64. Decoding returns the same bytes.
 *
 * @internal
 */
export function toStoredBody(bytes: Buffer): OpenBody {
  return isUtf8(bytes) && !bytes.includes(0)
    ? { body: bytes.toString('utf8'), bodyEncoding: 'utf8' }
    : { body: bytes.toString('base64'), bodyEncoding: 'base64' };
}

/** The bytes exactly as {@link toStoredBody} got them. */
export function fromStoredBody({ body, bodyEncoding }: OpenBody): Buffer {
  return Buffer.from(body, bodyEncoding);
}
