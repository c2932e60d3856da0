import { KeySource, type KeyReading } from './key.source.js';
import { KeyUnavailableError } from './key-unavailable.error.js';

/** Fetches the key of a document; `undefined` where the document is there and says that it has none. */
export type LoadKey<Key> = (document: string) => Promise<Key | undefined>;

/** Most documents that nobody knows yet that are asked for in {@link WINDOW_MS}. */
const MAX_UNKNOWN = 20;

const WINDOW_MS = 60_000;

/** Most documents whose key was had before that are remembered as such. */
const MAX_KNOWN = 100;

/**
 * Keys of which each has a document of its own, which the request names: a certificate's URL, or a key's
 * id. What a request names may be made up, so no more than a few unknown ones are asked for in a minute:
 * nobody can use us to flood the sender. Keys that were had before do not count.
 *
 * @internal
 */
export class RemoteKeys<Key> {
  readonly #keys: KeySource<Key>;
  readonly #known = new Set<string>();
  #windowStart = -Infinity;
  #asked = 0;

  constructor(load: LoadKey<Key>) {
    this.#keys = new KeySource<Key>(async (document) => {
      this.#spend(document);
      const key = await load(document);
      if (key === undefined) return new Map();
      this.#remember(document);
      return new Map([[document, key]]);
    });
  }

  /**
   * Finds the key of a document.
   *
   * @param document checked before: it is the request that names it
   * @returns at once where the key is known; it never rejects
   */
  get(document: string, now: Date): KeyReading<Key> | Promise<KeyReading<Key>> {
    const at = now.getTime();
    if (at - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = at;
      this.#asked = 0;
    }
    return this.#keys.get(document, document, now);
  }

  #spend(document: string): void {
    if (this.#known.has(document)) return;
    this.#asked += 1;
    if (this.#asked > MAX_UNKNOWN) throw new KeyUnavailableError('Too many unknown keys at once.');
  }

  #remember(document: string): void {
    this.#known.delete(document);
    const [oldest] = this.#known;
    if (oldest !== undefined && this.#known.size >= MAX_KNOWN) this.#known.delete(oldest);
    this.#known.add(document);
  }
}

/**
 * Judges a request under the key that was found for it, at once where it was known.
 *
 * @internal
 */
export function withRemoteKey<Key, Result>(
  reading: KeyReading<Key> | Promise<KeyReading<Key>>,
  judge: (key: Key) => Result,
): Result | KeyRefusal | Promise<Result | KeyRefusal> {
  return reading instanceof Promise
    ? reading.then((settled) => settle(settled, judge))
    : settle(reading, judge);
}

/** Why there is no key to judge by. */
export type KeyRefusal = {
  readonly ok: false;
  readonly reason: 'key-unavailable' | 'signature-mismatch';
};

function settle<Key, Result>(
  reading: KeyReading<Key>,
  judge: (key: Key) => Result,
): Result | KeyRefusal {
  switch (reading.kind) {
    case 'found':
      return judge(reading.key);
    case 'unknown':
      return { ok: false, reason: 'signature-mismatch' };
    case 'unavailable':
      return { ok: false, reason: 'key-unavailable' };
  }
}
