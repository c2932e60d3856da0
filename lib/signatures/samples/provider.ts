import type { SigningScheme } from '../signing.scheme.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';

/**
 * A delivery as a provider makes it, small and with made-up data.
 *
 * @internal
 */
export interface Sample {
  /** The header of the type and others that the provider sends; the scheme adds the header of the id. */
  readonly headers?: (event: Occasion) => Record<string, string>;
  /** @default 'json' */
  readonly format?: 'json' | 'form';
  readonly payload: (event: Occasion) => unknown;
}

/**
 * The settings that a scheme is created with.
 *
 * @internal
 */
export interface SchemeSettings {
  /**
   * The secret that both sides share. If the provider signs with a private key: that key (PEM), for signing;
   * or what an application has instead, which only verifies.
   */
  readonly secret: string;
  /** The URL that the provider posts to; some sign it. */
  readonly url: string;
  /** The provider's name for the application's account, see {@link Provider.account}. */
  readonly account: string;
}

/**
 * A provider: how to create its scheme, and samples of its deliveries by event type.
 *
 * @internal
 */
export interface Provider {
  readonly create: (settings: SchemeSettings) => SigningScheme;
  /** A new secret in the provider's form; `''` if the provider has none. */
  readonly newSecret: () => string;
  /** A made-up account, if the provider signs one, such as the ARN of a topic. @default '' */
  readonly account?: string;
  /** Whether the key is fetched when a request is verified, so that the secret only signs. */
  readonly fetchesKey?: boolean;
  /**
   * Changes a signed part of a body that is not signed as a whole.
   *
   * @default adds a field
   */
  readonly tamper?: (body: string) => string;
  readonly samples: Readonly<Record<string, Sample>>;
}

/**
 * The provider's row in the table of senders on the page. Texts are Markdown; `¹`, `²` and `³` refer to the notes
 * below the table.
 *
 * @internal
 */
export interface PageRow {
  /** The function with its options. */
  readonly call: string;
  /** Where the signature or credential is. */
  readonly signature: string;
  /** What the event's id is made of. */
  readonly id: string;
  /** What the event's type is made of. @default the host's option */
  readonly type?: string;
  /** How the provider checks or sets up the URL. @default it does not */
  readonly handshake?: string;
  /** Whether a request holds several events. @default it does not */
  readonly batch?: string;
  /** Title of the provider's own document. */
  readonly document: string;
}

/**
 * A provider with a function of its own in the library.
 *
 * @internal
 */
export interface ListedProvider extends Provider {
  readonly page: PageRow;
}

/**
 * Whether a provider has a secret, or a key, at all.
 *
 * @internal
 */
export function hasSecret(provider: Provider): boolean {
  return provider.newSecret !== newSecret.none;
}
