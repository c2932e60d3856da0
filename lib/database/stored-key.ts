import { createHash } from 'node:crypto';
import { isStorableText } from './storable-text.js';

/** Most characters of a key that is stored as it is. */
const MAX_KEY_LENGTH = 255;

/**
 * A key as it is stored: one that is too long for its column, or that not every database can store, becomes a
 * digest.
 *
 * @internal
 */
export function storedKey(key: string): string {
  if (key.length <= MAX_KEY_LENGTH && isStorableText(key)) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
