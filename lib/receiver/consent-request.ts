import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether an `OPTIONS` request comes from a sender that asks for consent (CloudEvents web hooks), and
 * not from a browser: CORS has nothing to say of it.
 *
 * @internal
 */
export function isConsentRequest(headers: IncomingHttpHeaders): boolean {
  return headers['webhook-request-origin'] !== undefined;
}
