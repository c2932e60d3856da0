import type { SignatureScheme } from './signature-scheme.js';

/**
 * What to sign.
 *
 * @publicApi
 */
export interface SignInput {
  /** The body that will be sent: its bytes, or text that is sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** Id of the event, for schemes that sign one or send one in a header; visible ASCII characters. */
  readonly id?: string;
  /** When the attempt is made. @default the present instant */
  readonly timestamp?: Date;
  /** Upper-case HTTP method, for schemes that sign it. @default 'POST' */
  readonly method?: string;
  /** URL that it is sent to, for schemes that sign it. @default the scheme's `url` */
  readonly url?: string;
  /** Other headers that will be sent, in lower case, for schemes that sign some of them. @default none */
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
  /** The bytes to send: those given, unless the sender puts the signature into the body. */
  readonly body: Uint8Array;
  /** The URL to send it to, where the sender puts something of the signature into the URL. */
  readonly url?: string;
}

/**
 * A scheme that can also sign, because both sides share the secret, or because it has the private key.
 *
 * @publicApi
 */
export interface SigningScheme extends SignatureScheme {
  /**
   * Signs with the first secret.
   *
   * @param input the body, and what else the scheme signs
   * @returns the headers and the body to send
   * @throws {ConfigurationError} when the secret is a function: it depends on a request
   * @throws {WebhookError} (code `UNSIGNABLE`) for an id or a time that the other side would refuse, such
   * as a missing id where it is signed
   */
  sign(input: SignInput): SignedMessage;
}
