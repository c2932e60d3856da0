import { Discard } from './discard.js';
import { RetryLater } from './retry-later.js';

/**
 * Whether a value that somebody returned or threw says what becomes of the job.
 *
 * @internal
 */
export function isVerdict(value: unknown): value is RetryLater | Discard {
  try {
    return value instanceof RetryLater || value instanceof Discard;
  } catch {
    // A proxy that throws when it is asked what it is.
    return false;
  }
}
