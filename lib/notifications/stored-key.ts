import { createHash } from 'node:crypto';
import { isStorableText } from '../database/storable-text.js';
import { InvalidNotificationError } from './invalid-notification.error.js';

const MAX_KEY_LENGTH = 255;

/**
 * A key as it is stored: one that is too long for its column, or that not every database can store, becomes a digest.
 *
 * @throws {InvalidNotificationError} for a key that is not a text, or is empty
 * @internal
 */
export function toStoredKey(key: string): string;
export function toStoredKey(key: string | null | undefined): string | null;
export function toStoredKey(key: string | null | undefined): string | null {
  if (key === null || key === undefined) return null;
  if (typeof key !== 'string' || key === '') {
    throw new InvalidNotificationError(
      'key',
      'text',
      key,
      'All notifications without a key would count as one: leave it out to have each of them sent.',
    );
  }
  if (key.length <= MAX_KEY_LENGTH && isStorableText(key)) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
