/**
 * Fetches the keys of one document, by their ids: a key set by its URL, a certificate by its URL with
 * one key, a single key by its id.
 *
 * @throws any error, if they are unavailable at the moment
 */
export type LoadKeys<Key> = (document: string) => Promise<ReadonlyMap<string, Key>>;

/** The result of looking for a key. */
export type KeyReading<Key> =
  | { readonly kind: 'found'; readonly key: Key }
  /** The document has no such key: the request is not the sender's. */
  | { readonly kind: 'unknown' }
  /** The document could not be fetched: the sender may try again. */
  | { readonly kind: 'unavailable' };

/** How long keys are kept. */
export interface KeySourceOptions {
  /** Age at which a document is fetched again. @default 3_600_000 */
  readonly maxAgeMs?: number;
  /** After a fetch for an unknown key, how long no other unknown key causes one. @default 30_000 */
  readonly refreshIntervalMs?: number;
  /** Most documents in the cache. @default 100 */
  readonly maxDocuments?: number;
  /** Whether a document leaves a full cache only after all others. @default no document does */
  readonly isKept?: (document: string) => boolean;
}

interface Document<Key> {
  readonly keys: ReadonlyMap<string, Key>;
  readonly loadedAt: number;
  /** When an unknown key last caused a fetch. */
  readonly refreshedAt: number;
}

/**
 * Keys that are fetched when a request needs them, and cached for a while. As keys are rotated, an id that a
 * cached document does not have causes another fetch; made-up ids cannot cause it often. Failures are not
 * cached.
 *
 * @internal
 */
export class KeySource<Key> {
  readonly #documents = new Map<string, Document<Key>>();
  readonly #loading = new Map<string, Promise<Document<Key> | undefined>>();
  readonly #load: LoadKeys<Key>;
  readonly #maxAgeMs: number;
  readonly #refreshIntervalMs: number;
  readonly #maxDocuments: number;
  readonly #isKept: (document: string) => boolean;

  constructor(
    load: LoadKeys<Key>,
    {
      maxAgeMs = 3_600_000,
      refreshIntervalMs = 30_000,
      maxDocuments = 100,
      isKept = () => false,
    }: KeySourceOptions = {},
  ) {
    this.#load = load;
    this.#maxAgeMs = maxAgeMs;
    this.#refreshIntervalMs = refreshIntervalMs;
    this.#maxDocuments = maxDocuments;
    this.#isKept = isKept;
  }

  /**
   * Finds a key.
   *
   * @param document what {@link LoadKeys} fetches; checked before, if a request has a part in it
   * @param id of the key in the document
   * @param now the present instant
   * @returns no promise if the key is known; it never rejects
   */
  get(document: string, id: string, now: Date): KeyReading<Key> | Promise<KeyReading<Key>> {
    const at = now.getTime();
    const known = this.#documents.get(document);
    if (known === undefined || at - known.loadedAt >= this.#maxAgeMs) {
      return this.#fetch(document, -Infinity, at).then((loaded) => readingOf(loaded, id));
    }
    const key = known.keys.get(id);
    if (key !== undefined) return { kind: 'found', key };
    if (at - known.refreshedAt < this.#refreshIntervalMs) return { kind: 'unknown' };
    return this.#fetch(document, at, at).then((loaded) => readingOf(loaded, id));
  }

  /** All requests share one fetch of a document. */
  #fetch(document: string, refreshedAt: number, at: number): Promise<Document<Key> | undefined> {
    const running = this.#loading.get(document);
    if (running !== undefined) return running;
    const loading = this.#loadOne(document, refreshedAt, at).finally(() =>
      this.#loading.delete(document),
    );
    this.#loading.set(document, loading);
    return loading;
  }

  async #loadOne(
    document: string,
    refreshedAt: number,
    loadedAt: number,
  ): Promise<Document<Key> | undefined> {
    try {
      const loaded = { keys: await this.#load(document), loadedAt, refreshedAt };
      this.#keep(document, loaded);
      return loaded;
    } catch {
      return undefined;
    }
  }

  #keep(document: string, loaded: Document<Key>): void {
    this.#documents.delete(document);
    if (this.#documents.size >= this.#maxDocuments) this.#makeRoom();
    this.#documents.set(document, loaded);
  }

  #makeRoom(): void {
    let oldest: string | undefined;
    for (const document of this.#documents.keys()) {
      oldest ??= document;
      if (this.#isKept(document)) continue;
      this.#documents.delete(document);
      return;
    }
    if (oldest !== undefined) this.#documents.delete(oldest);
  }
}

function readingOf<Key>(document: Document<Key> | undefined, id: string): KeyReading<Key> {
  if (document === undefined) return { kind: 'unavailable' };
  const key = document.keys.get(id);
  return key === undefined ? { kind: 'unknown' } : { kind: 'found', key };
}
