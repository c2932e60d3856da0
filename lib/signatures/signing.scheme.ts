import type { SignatureScheme } from './signature-scheme.js';

/**
 * What to sign.
 *
 * @publicApi
 */
export interface SignInput {
  /** The body that will be sent: its bytes, or text that is sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** The event's id, for schemes that sign it or send it in a header: visible ASCII characters. */
  readonly id?: string;
  /** When the request is sent. @default the present instant */
  readonly timestamp?: Date;
  /** Upper-case HTTP method, for schemes that sign it. @default 'POST' */
  readonly method?: string;
  /** The URL that it is sent to, for schemes that sign it. @default the scheme's `url` */
  readonly url?: string;
  /** The other headers of the request, in lower case, for schemes that sign some of them. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What to send: `fetch(url, { method: 'POST', ...scheme.sign({ body }) })`.
 *
 * @publicApi
 */
export interface SignedMessage {
  /** Headers to add, in lower case. */
  readonly headers: Record<string, string>;
  /** The bytes to send: the given ones, unless the sender puts the signature into the body. */
  readonly body: Uint8Array;
  /** The URL to send it to, where a part of the signature is in the URL. */
  readonly url?: string;
}

/**
 * A scheme that can also sign: both sides share the secret, or it has the private key.
 *
 * @publicApi
 */
export interface SigningScheme extends SignatureScheme {
  /**
   * Signs with the first secret.
   *
   * @param input the body, and whatever else the scheme signs
   * @returns the headers and the body to send
   * @throws {ConfigurationError} when the secret is a function, as it then depends on a request; and when a private
   * key is missing
   * @throws {WebhookError} (code `UNSIGNABLE`) for an id or a time that the receiver would refuse, such as a
   * missing id that has to be signed
   */
  sign(input: SignInput): SignedMessage;
}
