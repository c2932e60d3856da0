import { storedKey } from '../database/stored-key.js';
import { InvalidNotificationError } from './invalid-notification.error.js';

/**
 * The key of a notification as it is stored.
 *
 * @throws {InvalidNotificationError} for a key that is not a text, or is empty
 * @internal
 */
export function toStoredKey(key: string): string;
export function toStoredKey(key: string | null | undefined): string | null;
export function toStoredKey(key: string | null | undefined): string | null {
  if (key === null || key === undefined) return null;
  if (typeof key === 'string' && key !== '') return storedKey(key);
  throw new InvalidNotificationError(
    'key',
    'text',
    key,
    'All notifications without a key would count as one: leave it out to have each of them sent.',
  );
}
