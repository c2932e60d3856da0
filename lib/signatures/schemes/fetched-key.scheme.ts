import { GuardedFetch, type FetchFunction } from '../keys/guarded.fetch.js';
import { RemoteKeys, type LoadKey } from '../keys/remote-keys.js';
import { SignedRequestScheme, type Evidence } from './signed-request.scheme.js';
import type { SignedRequest, Verification } from '../signature-scheme.js';

/** Where a sender's keys are. */
interface KeyPlace {
  readonly hosts: readonly (string | RegExp)[];
  /** The function of the host's options, if it gave one. */
  readonly fetch: FetchFunction | undefined;
}

/**
 * Evidence that names the key.
 *
 * @internal
 */
export interface NamesKey extends Evidence {
  /** A certificate's URL, or a key's id; already checked. */
  readonly document: string;
}

/**
 * A scheme that fetches its keys from the sender, by the name in the request.
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
   * @param loadWith returns the function that fetches one key
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
