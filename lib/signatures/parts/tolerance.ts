import { ConfigurationError } from '../../errors/configuration.error.js';
import type { RefusalReason } from '../signature-scheme.js';

/**
 * How far a time that is no header of its own, such as one in a token, may be from our clock.
 *
 * @internal
 */
export class Tolerance {
  readonly #toleranceMs: number;

  /** @throws {ConfigurationError} for what is not a number above 0 */
  constructor(seconds: number) {
    if (!Number.isFinite(seconds) || seconds <= 0) {
      throw ConfigurationError.invalidOption(
        'toleranceSeconds',
        'a number of seconds above 0',
        seconds,
        'Leave it out for the default.',
      );
    }
    this.#toleranceMs = seconds * 1_000;
  }

  /** Why the time is not acceptable; `undefined` when it is. Exactly the tolerance is. */
  judge(at: number, now: Date): RefusalReason | undefined {
    return this.judgePast(at, now) ?? this.judgeFuture(at, now);
  }

  /** Why a time has passed too long ago; `undefined` when it has not. */
  judgePast(at: number, now: Date): RefusalReason | undefined {
    return wholeSeconds(now) - at > this.#toleranceMs ? 'timestamp-too-old' : undefined;
  }

  /** Why a time is too far ahead; `undefined` when it is not. */
  judgeFuture(at: number, now: Date): RefusalReason | undefined {
    return at - wholeSeconds(now) > this.#toleranceMs ? 'timestamp-too-new' : undefined;
  }
}

/** Tokens have whole seconds. */
function wholeSeconds(now: Date): number {
  return Math.floor(now.getTime() / 1_000) * 1_000;
}
