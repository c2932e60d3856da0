import { createHash, randomBytes } from 'node:crypto';

const WINDOW_MS = 60_000;

/** Most names per window that were never seen before. */
const MAX_NEW = 20;

/** Most names per window that were turned away before, in addition to those. */
const MAX_AGAIN = 60;

/** At least so many names that were turned away are remembered, and at most twice as many. */
const REMEMBERED = 100_000;

/**
 * Decides which names are looked up, as strangers may make them up. Each minute admits a few new ones. Beyond
 * that, it admits names that it turned away before: a sender names the same key in each delivery and each
 * retry, while names made up to use the limit up come once.
 *
 * A stranger who repeats made-up names shares this second limit with the sender.
 *
 * @internal
 */
export class UnknownNames {
  #windowStart = -Infinity;
  #new = 0;
  #again = 0;
  #turnedAway = new Set<number>();
  #turnedAwayBefore = new Set<number>();
  /** Keeps strangers from choosing a name that collides with another. */
  readonly #salt = randomBytes(16);

  /** Whether a name may be looked up now. If so, it counts towards the limit. */
  admit(name: string, at: number): boolean {
    // A clock that is set back must not stretch the window.
    if (at - this.#windowStart >= WINDOW_MS || at < this.#windowStart) {
      this.#windowStart = at;
      this.#new = 0;
      this.#again = 0;
    }
    if (this.#new < MAX_NEW) {
      this.#new += 1;
      return true;
    }
    if (!this.#cameBefore(name) || this.#again >= MAX_AGAIN) return false;
    this.#again += 1;
    return true;
  }

  #cameBefore(name: string): boolean {
    // Only a part of a digest, as names are long and many.
    const mark = createHash('sha256').update(this.#salt).update(name).digest().readUIntBE(0, 6);
    if (this.#turnedAway.has(mark)) return true;
    const before = this.#turnedAwayBefore.has(mark);
    if (this.#turnedAway.size >= REMEMBERED) {
      this.#turnedAwayBefore = this.#turnedAway;
      this.#turnedAway = new Set();
    }
    this.#turnedAway.add(mark);
    return before;
  }
}
