import { isUtf8 } from 'node:buffer';
import type { BodyEncoding } from './event.entity.js';

/** A body as it lies in the database. */
export interface StoredBody {
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
}

/** One that is not sealed. */
export interface OpenBody extends StoredBody {
  readonly bodyEncoding: 'utf8' | 'base64';
}

/**
 * Keeps bytes in a text column, readable for people where they are text. Bytes that are not valid
 * UTF-8, or hold a NUL (which PostgreSQL refuses), are kept in base64; nothing is ever changed.
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
