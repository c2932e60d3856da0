import type { SigningScheme } from '../../signatures/signing.scheme.js';
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
  readonly secret: string;
  /** The URL that the provider posts to; some sign it. */
  readonly url: string;
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
  readonly samples: Readonly<Record<string, Sample>>;
}
