import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Refused } from '../signature-scheme.js';
import { TIMESTAMP_TOO_NEW, TIMESTAMP_TOO_OLD } from './refusals.js';

/**
 * How far the time of a request may be from our clock. Exactly that far is accepted.
 *
 * @internal
 */
export class Tolerance {
  readonly #toleranceMs: number;
  readonly #unitMs: number;

  /**
   * @param unitMs milliseconds in the sender's unit of time: our clock is rounded down to it
   * @throws {ConfigurationError} for anything but a number above 0
   */
  constructor(seconds: number, unitMs: 1 | 1_000 = 1_000) {
    if (!Number.isFinite(seconds) || seconds <= 0) {
      throw ConfigurationError.invalidOption(
        'toleranceSeconds',
        'a number of seconds above 0',
        seconds,
        'Leave it out for the default.',
      );
    }
    this.#toleranceMs = seconds * 1_000;
    this.#unitMs = unitMs;
  }

  /** Refuses a time that is too far off; `undefined` if it is acceptable. */
  judge(at: number, now: Date): Refused | undefined {
    return this.judgePast(at, now) ?? this.judgeFuture(at, now);
  }

  /** Refuses a time that is too far in the past. */
  judgePast(at: number, now: Date): Refused | undefined {
    return this.#round(now) - at > this.#toleranceMs ? TIMESTAMP_TOO_OLD : undefined;
  }

  /** Refuses a time that is too far in the future. */
  judgeFuture(at: number, now: Date): Refused | undefined {
    return at - this.#round(now) > this.#toleranceMs ? TIMESTAMP_TOO_NEW : undefined;
  }

  #round(now: Date): number {
    return Math.floor(now.getTime() / this.#unitMs) * this.#unitMs;
  }
}
