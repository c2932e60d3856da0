import type { SignedRequest } from '../signature-scheme.js';
import { unsignableWithoutUrl } from './unsignable.js';

/**
 * The URL as the sender knows it: a fixed text, or what a function of the host makes of a request.
 *
 * @internal
 */
export class SignedUrl {
  /** @param given `undefined` where the URL is not signed */
  constructor(private readonly given: string | ((request: SignedRequest) => string) | undefined) {}

  /** The URL of a request that arrived. */
  of(request: SignedRequest): string {
    return typeof this.given === 'function' ? this.given(request) : (this.given ?? '');
  }

  /**
   * The URL of a message to sign.
   *
   * @param message to what URL it is sent, where that was given
   * @param scheme whose URL it is, for the message of the error
   * @throws {WebhookError} (code `UNSIGNABLE`) where a function needs a URL, and none was given
   */
  toSign(message: MessageToSign, scheme: string): string {
    if (typeof this.given !== 'function') return message.url ?? this.given ?? '';
    if (message.url === undefined) throw unsignableWithoutUrl(scheme);
    return this.given({ ...message, url: message.url });
  }
}

/** A message before it is signed. */
type MessageToSign = Omit<SignedRequest, 'url'> & { readonly url: string | undefined };
