import { GuardedFetch, type FetchFunction } from '../keys/guarded.fetch.js';
import { RemoteKeys, type LoadKey } from '../keys/remote-keys.js';
import { SignedRequestScheme, type Evidence } from './signed-request.scheme.js';
import type { SignedRequest, Verification } from '../signature-scheme.js';

/** Where a sender's keys are. */
interface KeyPlace {
  readonly hosts: readonly (string | RegExp)[];
  /** Makes the requests, where the application gave a function. */
  readonly fetch: FetchFunction | undefined;
}

/**
 * Names the key that the sender says it signed with.
 *
 * @internal
 */
export interface NamesKey extends Evidence {
  /** What the key is fetched by: a certificate's URL, or a key's id. It is checked before. */
  readonly document: string;
}

/**
 * A scheme whose keys are fetched from the sender, by what the request says.
 *
 * @internal
 */
export abstract class FetchedKeyScheme<Key, Shown extends NamesKey> extends SignedRequestScheme<
  readonly Key[],
  Shown
> {
  protected readonly fetch: GuardedFetch;
  readonly #keys: RemoteKeys<Key>;

  /**
   * @param loadWith gives what fetches one key
   */
  constructor(
    name: string,
    { hosts, fetch }: KeyPlace,
    loadWith: (fetch: GuardedFetch) => LoadKey<Key>,
  ) {
    super(name);
    this.fetch = new GuardedFetch({ hosts, ...(fetch && { fetch }) });
    this.#keys = new RemoteKeys(loadWith(this.fetch));
  }

  fetchWith(fetch: FetchFunction): void {
    this.fetch.use(fetch);
  }

  protected findKeys(
    _request: SignedRequest,
    { document }: Shown,
    now: Date,
  ): readonly Key[] | undefined | Promise<readonly Key[] | undefined> {
    return this.#keys.find(document, now);
  }

  protected override judge(
    request: SignedRequest,
    evidence: Shown,
    keys: readonly Key[] | undefined,
    now: Date,
  ): Verification {
    const verification = super.judge(request, evidence, keys, now);
    if (verification.ok) this.#keys.prove(evidence.document);
    return verification;
  }
}
