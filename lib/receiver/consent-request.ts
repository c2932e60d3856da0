import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether an `OPTIONS` request comes from a sender that asks for consent (CloudEvents web hooks). CORS
 * must leave it to the receiver.
 *
 * @internal
 */
export function isConsentRequest(headers: IncomingHttpHeaders): boolean {
  return headers['webhook-request-origin'] !== undefined;
}
