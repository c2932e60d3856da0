import { createHash, randomBytes } from 'node:crypto';

const WINDOW_MS = 60_000;

/** Most names that are let in in a window when nothing is known of them. */
const MAX_NEW = 20;

/** Most names that are let in in a window because they came before, beside those. */
const MAX_AGAIN = 60;

/** How many of the names that were turned away are remembered: 4 bytes each. */
const REMEMBERED = 2 ** 18;

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
  /** Taken only when names are turned away. */
  #turnedAway: Uint32Array | undefined;
  /** So that nobody can choose a name that takes the place of another. */
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

  /** Of two names in one place, the later one is remembered. */
  #cameBefore(name: string): boolean {
    const places = (this.#turnedAway ??= new Uint32Array(REMEMBERED));
    const hash = createHash('sha256').update(this.#salt).update(name).digest();
    const place = hash.readUInt32LE(0) % REMEMBERED;
    // Odd, as 0 is an empty place.
    const mark = (hash.readUInt32LE(4) | 1) >>> 0;
    if (places[place] === mark) return true;
    places[place] = mark;
    return false;
  }
}
