import { storableJson } from '../database/storable-json.js';
import { InvalidNotificationError } from './invalid-notification.error.js';

const CURE = 'It is stored as JSON until it is sent: give what it says instead.';

/**
 * The text that the payload of a notification is stored as.
 *
 * @throws {InvalidNotificationError} that names the place of a value that JSON cannot hold
 * @internal
 */
export function serializePayload(payload: unknown): string {
  return storableJson(payload, 'payload', (place, expected, given) => {
    const cure = given === undefined ? undefined : CURE;
    const isBytes = ArrayBuffer.isView(given) || given instanceof ArrayBuffer;
    const instead = "text (bytes as base64, with `encoding: 'base64'` in an attachment)";
    return new InvalidNotificationError(place, isBytes ? instead : expected, given, cure);
  });
}
