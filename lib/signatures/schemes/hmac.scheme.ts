import type { SigningScheme } from '../signing.scheme.js';
import type { HmacOptions } from './hmac.options.js';
import { HmacSigner } from './hmac.signer.js';
import { SignedContentScheme } from './signed-content.scheme.js';

/**
 * The scheme of most senders: a keyed hash over the body, and often over an id and a timestamp. Use it for a
 * sender that has no scheme of its own here.
 *
 * @param options how the sender signs
 * @throws {ConfigurationError} for a missing or blank secret, and for options that contradict each other
 *
 * @example
 * ```ts
 * hmac({
 *   secret: process.env.SHOP_SECRET,
 *   signature: { header: 'x-shop-signature', prefix: 'sha256=' },
 *   id: { header: 'x-shop-delivery' },
 *   type: { path: 'topic' },
 * })
 * ```
 * @publicApi
 */
export function hmac(options: HmacOptions): SigningScheme {
  const { secret, key, algorithm, name = 'hmac', ...layout } = options;
  const signer = new HmacSigner(name, { secret, key, algorithm });
  return new SignedContentScheme({ name, ...layout }, signer);
}
