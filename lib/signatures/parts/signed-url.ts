import type { SignedRequest } from '../signature-scheme.js';
import { unsignableWithoutUrl } from './unsignable.js';

/**
 * The URL as the sender knows it: a fixed text, or the result of the host's function of a request.
 *
 * @internal
 */
export class SignedUrl {
  /** @param given `undefined` if the URL is not signed */
  constructor(private readonly given: string | ((request: SignedRequest) => string) | undefined) {}

  /** The URL of a request that arrived. */
  of(request: SignedRequest): string {
    return typeof this.given === 'function' ? this.given(request) : (this.given ?? '');
  }

  /**
   * The URL of a message to sign.
   *
   * @param message with the URL that it is sent to, if the caller gave one
   * @param scheme name of the scheme, for the error's message
   * @throws {WebhookError} (code `UNSIGNABLE`) if the host's function needs a URL and the message has none
   */
  toSign(message: MessageToSign, scheme: string): string {
    if (typeof this.given !== 'function') return message.url ?? this.given ?? '';
    if (message.url === undefined) throw unsignableWithoutUrl(scheme);
    return this.given({ ...message, url: message.url });
  }
}

/** A message before it is signed. */
type MessageToSign = Omit<SignedRequest, 'url'> & { readonly url: string | undefined };
