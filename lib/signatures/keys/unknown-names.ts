import { createHash, randomBytes } from 'node:crypto';

const WINDOW_MS = 60_000;

/** Most names that are let in in a window when nothing is known of them. */
const MAX_NEW = 20;

/** Most names that are let in in a window because they came before, beside those. */
const MAX_AGAIN = 60;

/** How many of the names that were turned away are remembered at least; at most twice as many are. */
const REMEMBERED = 100_000;

/**
 * Decides which of the names that strangers may have made up are looked up. A few new ones are in each
 * minute. Beyond that, a name gets in that was turned away before: a sender names the same key in each
 * delivery and each retry, while names that are made up to use the limit up come once.
 *
 * Where names come again counts nothing but that they do: who repeats made-up names shares this second
 * limit with the sender.
 *
 * @internal
 */
export class UnknownNames {
  #windowStart = -Infinity;
  #new = 0;
  #again = 0;
  #turnedAway = new Set<number>();
  #turnedAwayBefore = new Set<number>();
  /** So that nobody can choose a name that passes for another. */
  readonly #salt = randomBytes(16);

  /** Whether a name may be looked up now; it then counts. */
  admit(name: string, at: number): boolean {
    // A clock that was set back must not stretch the window.
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
    // A part of a digest, as names are long and many.
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
