import type { SignedRequest } from '../signature-scheme.js';

/**
 * Where the host keeps a secret that a sender hands over when a webhook is set up (Asana, Notion).
 * Such a request is not signed: anybody who knows the URL could send one. So the first is kept, and
 * whoever wants another has to remove it by hand.
 *
 * @publicApi
 */
export interface SecretStore {
  /**
   * The secret of the webhook that a request is for.
   *
   * @param request which webhook: by its URL, never by what the body says
   * @returns `undefined` where there is none yet: the request is then answered 503
   */
  find(request: SignedRequest): string | undefined | Promise<string | undefined>;

  /**
   * Keeps a secret, unless there is another one already. Of two at once, one alone may win.
   *
   * @returns whether this is the secret that is kept now; also where it was kept before
   */
  keepFirst(request: SignedRequest, secret: string): boolean | Promise<boolean>;
}
