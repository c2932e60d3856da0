import { describeError } from '../errors/describe-error.js';
import { createHash } from 'node:crypto';

/**
 * The primary key of a key's promise. The three texts are digested as JSON, so that no two of them can be
 * mistaken for others that look alike when they are joined.
 *
 * @param channel name of the channel
 * @param recipient as the channel's `recipient()` gives it
 * @param key as it is stored
 * @returns 64 hexadecimal digits
 * @internal
 */
export function keyDigest(channel: string, recipient: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([channel, recipient, key]))
    .digest('hex');
}

/**
 * The recipient of a key: not as it is stored, which is cut off after 2,000 characters.
 *
 * @internal
 */
export function recipientText(recipient: unknown): string {
  return typeof recipient === 'string' ? recipient : describeError(recipient);
}
