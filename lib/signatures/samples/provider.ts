import type { SigningScheme } from '../signing.scheme.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';

/**
 * A delivery as a provider makes it, small and with made-up data.
 *
 * @internal
 */
export interface Sample {
  /** Header of the type, and what else the provider tells there; that of the id is the scheme's. */
  readonly headers?: (event: Occasion) => Record<string, string>;
  /** @default 'json' */
  readonly format?: 'json' | 'form';
  readonly payload: (event: Occasion) => unknown;
}

/**
 * What a scheme is made of, wherever the secret comes from.
 *
 * @internal
 */
export interface SchemeSettings {
  /**
   * The secret that both sides have. Where the provider signs with a private key: that key (PEM), for
   * signing; to verify alone, what an application has instead.
   */
  readonly secret: string;
  /** The URL that the provider posts to; some sign it. */
  readonly url: string;
  /** What the provider calls the application's side by, see {@link Provider.account}. */
  readonly account: string;
}

/**
 * A provider: how to make its scheme, and samples of what it sends, by event type.
 *
 * @internal
 */
export interface Provider {
  readonly create: (settings: SchemeSettings) => SigningScheme;
  /** A new secret of the form that the provider gives out; `''` for one that has none. */
  readonly newSecret: () => string;
  /** A made-up account, where the provider signs one, such as the ARN of a topic. @default '' */
  readonly account?: string;
  /** Whether the key is fetched when a request is verified, so that the secret only signs. */
  readonly fetchesKey?: boolean;
  /**
   * Changes what is signed of a body, where not all of it is.
   *
   * @default adds a field
   */
  readonly tamper?: (body: string) => string;
  readonly samples: Readonly<Record<string, Sample>>;
}

/**
 * What the page says of a provider, in its table of senders. Texts are Markdown; `¹`, `²` and `³` are the
 * notes below the table.
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
  /** What the event's type is. @default where the host says */
  readonly type?: string;
  /** How the provider checks or sets up the URL. @default it does not */
  readonly handshake?: string;
  /** Whether a request holds several events. @default it does not */
  readonly batch?: string;
  /** Title of the provider's own document. */
  readonly document: string;
}

/**
 * A provider that the library has a function for.
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
