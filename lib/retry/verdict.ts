import { Discard } from './discard.js';
import { RetryLater } from './retry-later.js';

/**
 * Whether a returned or thrown value is a verdict: it decides what becomes of the job.
 *
 * @internal
 */
export function isVerdict(value: unknown): value is RetryLater | Discard {
  try {
    return value instanceof RetryLater || value instanceof Discard;
  } catch {
    // A proxy may throw when its prototype is read.
    return false;
  }
}
