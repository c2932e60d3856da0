import type { SecretStore } from '../../../lib/signatures/keys/secret.store.js';
import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';

/** Keeps the first secret of each URL. */
export class SecretStoreInMemory implements SecretStore {
  readonly #kept = new Map<string, string>();

  find({ url }: SignedRequest): string | undefined {
    return this.#kept.get(url);
  }

  keepFirst({ url }: SignedRequest, secret: string): Promise<boolean> {
    const kept = this.#kept.get(url) ?? secret;
    this.#kept.set(url, kept);
    return Promise.resolve(kept === secret);
  }
}
