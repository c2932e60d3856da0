import { headerValue } from '../../parts/header-name.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SignedRequest } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `mollie()`.
 *
 * @publicApi
 */
export interface MollieOptions {
  /** The webhook subscription's signing secret. */
  readonly secret: Secret;
}

const HEADER = 'x-mollie-signature';
const PREFIX = 'sha256=';

/**
 * Mollie's next-gen webhooks: `X-Mollie-Signature` holds an HMAC-SHA256 of the body, in
 * hexadecimal, with or without `sha256=` before it. For classic webhooks, which are not signed, use
 * `mollieClassic()`.
 *
 * The event's id, type and time are the body's `id`, `type` and `createdAt`; its data is the body,
 * whose `entityId` names the object.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * mollie({ secret: process.env.MOLLIE_WEBHOOK_SECRET })
 * ```
 * @see Mollie documentation, "Next-gen Webhooks"
 * @publicApi
 */
export function mollie({ secret }: MollieOptions): SigningScheme {
  const prefixed = withPrefix(secret, PREFIX);
  const bare = withPrefix(secret, '');
  return {
    name: 'mollie',
    verify: (request, context) => (hasPrefix(request) ? prefixed : bare).verify(request, context),
    sign: (input) => prefixed.sign(input),
  };
}

function withPrefix(secret: Secret, prefix: string): SigningScheme {
  return hmac({
    name: 'mollie',
    secret,
    signature: { header: HEADER, prefix },
    id: { path: 'id' },
    type: { path: 'type' },
    occurredAt: { path: 'createdAt', unit: 'iso' },
  });
}

function hasPrefix({ headers }: SignedRequest): boolean {
  const value = headerValue(headers, [HEADER]);
  return typeof value === 'string' && value.startsWith(PREFIX);
}
