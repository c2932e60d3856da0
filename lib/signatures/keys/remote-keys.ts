import { KeySource, type KeyReading } from './key.source.js';
import { KeyUnavailableError } from './key-unavailable.error.js';
import { UnknownNames } from './unknown-names.js';

/** Fetches the key of a document; `undefined` if the sender answers that there is no such key. */
export type LoadKey<Key> = (document: string) => Promise<Key | undefined>;

/** How many documents are remembered whose key has verified a request. */
const MAX_PROVEN = 100;

/**
 * Keys that each stand in their own document, which the request names: a certificate's URL, or a key's id. A
 * stranger may make up names, so unknown documents are fetched only within limits: nobody can use us to flood
 * the sender. A document whose key has verified a request is the sender's own. It is fetched whatever names
 * strangers make up, and its key stays in the cache before those of others.
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
        // Before the first await: `#now` is still the instant of this document's request.
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
   * @param document a checked name, as it comes from the request
   * @returns no promise if the key is known; an empty list if the sender has no such key; `undefined` if it is
   * unavailable. It never rejects
   */
  find(
    document: string,
    now: Date,
  ): readonly Key[] | undefined | Promise<readonly Key[] | undefined> {
    this.#now = now.getTime();
    const reading = this.#keys.get(document, document, now);
    return reading instanceof Promise ? reading.then(keysIn) : keysIn(reading);
  }

  /** Remembers that the key of a document has verified a request. */
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
