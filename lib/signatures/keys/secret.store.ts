import type { SignedRequest } from '../signature-scheme.js';

/**
 * Where the host keeps the secret that a sender hands over when a webhook is set up (Asana, Notion). That
 * request is not signed: anyone who knows the URL could send one. So the store keeps the first secret, and
 * replacing it means removing it by hand.
 *
 * @publicApi
 */
export interface SecretStore {
  /**
   * The secret of the webhook that a request belongs to.
   *
   * @param request tell the webhook by its URL, never by its body
   * @returns `undefined` if the store has none yet: the request is then answered 503
   */
  find(request: SignedRequest): string | undefined | Promise<string | undefined>;

  /**
   * Keeps a secret, unless the store has another one already. Of two at the same time, only one may win.
   *
   * @returns whether the store now has this secret, also if it had it before
   */
  keepFirst(request: SignedRequest, secret: string): boolean | Promise<boolean>;
}
