import type { SignatureScheme } from './signature-scheme.js';

/**
 * What is to be signed.
 *
 * @publicApi
 */
export interface SignInput {
  /** The bytes that will be sent. */
  readonly body: Buffer;
  /** Id of the event, for schemes that sign one or send one in a header; visible ASCII characters. */
  readonly id?: string;
  /** When the attempt is made. @default the present instant */
  readonly timestamp?: Date;
  /** Upper-case HTTP method, for schemes that sign it. @default 'POST' */
  readonly method?: string;
  /** URL that it is sent to, for schemes that sign it. @default the scheme's `url` */
  readonly url?: string;
}

/**
 * A scheme that can also sign, because both sides share the secret.
 *
 * @publicApi
 */
export interface SigningScheme extends SignatureScheme {
  /**
   * Signs with the first secret.
   *
   * @returns the headers to send with the body
   * @throws {ConfigurationError} when the secret is a function: it depends on a request
   * @throws {WebhookError} (code `UNSIGNABLE`) for an id or a time that the other side would refuse, such
   * as a missing id where it is signed
   */
  sign(input: SignInput): Record<string, string>;
}
