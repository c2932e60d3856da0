import { valueAt } from '../../../event/value-at.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { Verification } from '../../signature-scheme.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `woocommerce()`.
 *
 * @publicApi
 */
export interface WoocommerceOptions {
  /** The webhook's secret. */
  readonly secret: Secret;
}

/**
 * WooCommerce: `X-WC-Webhook-Signature` holds an HMAC-SHA256 of the body, in base64.
 *
 * The event's type is `X-WC-Webhook-Topic`, such as `order.created`; its id is
 * `X-WC-Webhook-Delivery-ID`. WooCommerce does not sign these headers: trust the body, not the
 * type.
 *
 * The scheme answers the unsigned form (`webhook_id`) that WooCommerce posts when a webhook is
 * saved. It holds no event.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret
 * @example
 * ```ts
 * woocommerce({ secret: process.env.WOOCOMMERCE_SECRET })
 * ```
 * @see WooCommerce documentation, "Webhooks"
 * @publicApi
 */
export function woocommerce({ secret }: WoocommerceOptions): SigningScheme {
  return hmac({
    name: 'woocommerce',
    secret,
    signature: { header: 'x-wc-webhook-signature', encoding: 'base64' },
    id: { header: 'x-wc-webhook-delivery-id' },
    type: { header: 'x-wc-webhook-topic' },
    handshake: {
      unsigned: ({ request, verification, payload }) =>
        request.method === 'POST' && isUnsigned(verification) && isPing(payload)
          ? emptyAnswer(200)
          : undefined,
    },
  });
}

function isUnsigned(verification: Verification | undefined): boolean {
  return verification?.ok === false && verification.reason === 'missing-signature';
}

/** Only `webhook_id=5`, without other fields. */
function isPing(payload: unknown): boolean {
  const id = valueAt(payload, 'webhook_id');
  return typeof id === 'string' && /^\d+$/.test(id) && Object.keys(Object(payload)).length === 1;
}
