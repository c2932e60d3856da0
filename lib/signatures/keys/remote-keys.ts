import { KeySource, type KeyReading } from './key.source.js';
import { KeyUnavailableError } from './key-unavailable.error.js';
import { UnknownNames } from './unknown-names.js';

/** Fetches the key of a document; `undefined` where the document is there and says that it has none. */
export type LoadKey<Key> = (document: string) => Promise<Key | undefined>;

/** Most documents whose key verified a request that are remembered as such. */
const MAX_PROVEN = 100;

/**
 * Keys of which each has a document of its own, which the request names: a certificate's URL, or a key's
 * id. What a request names may be made up, so unknown ones are asked for within limits: nobody can use us
 * to flood the sender. A document whose key verified a request is the sender's own: it is asked for
 * whatever others name, and its key is kept before those of others.
 *
 * @internal
 */
export class RemoteKeys<Key> {
  readonly #keys: KeySource<Key>;
  readonly #proven = new Set<string>();
  readonly #unknown = new UnknownNames();
  #now = 0;

  constructor(load: LoadKey<Key>) {
    this.#keys = new KeySource<Key>(
      async (document) => {
        // Before anything is awaited: it is now what was given with this document.
        if (!this.#proven.has(document) && !this.#unknown.admit(document, this.#now)) {
          throw new KeyUnavailableError('Too many unknown keys at once.');
        }
        const key = await load(document);
        return key === undefined ? new Map() : new Map([[document, key]]);
      },
      { isKept: (document) => this.#proven.has(document) },
    );
  }

  /**
   * Finds the key of a document.
   *
   * @param document checked before: it is the request that names it
   * @returns at once where the key is known; no key where the document says that it has none; `undefined`
   * where it cannot be had. It never rejects
   */
  find(
    document: string,
    now: Date,
  ): readonly Key[] | undefined | Promise<readonly Key[] | undefined> {
    this.#now = now.getTime();
    const reading = this.#keys.get(document, document, now);
    return reading instanceof Promise ? reading.then(keysIn) : keysIn(reading);
  }

  /** Remembers that the key of a document verified a request. */
  prove(document: string): void {
    if (this.#proven.has(document)) return;
    const [oldest] = this.#proven;
    if (oldest !== undefined && this.#proven.size >= MAX_PROVEN) this.#proven.delete(oldest);
    this.#proven.add(document);
  }
}

function keysIn<Key>(reading: KeyReading<Key>): readonly Key[] | undefined {
  switch (reading.kind) {
    case 'found':
      return [reading.key];
    case 'unknown':
      return [];
    case 'unavailable':
      return undefined;
  }
}
