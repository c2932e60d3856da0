import { valueAt } from '../../../event/value-at.js';
import { isChallenge, jsonAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `zoom()`.
 *
 * @publicApi
 */
export interface ZoomOptions {
  /** The app's secret token. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Zoom: `x-zm-signature` holds `v0=` and an HMAC-SHA256 of the time of the attempt and the body, in
 * hexadecimal.
 *
 * The event's type, time and data are the body's `event`, `event_ts` and `payload`. Zoom sends no
 * event id, so the id is a digest of the body.
 *
 * The scheme answers the challenge by which Zoom checks the URL (`endpoint.url_validation`) if it
 * is signed: the answer holds an HMAC of the challenge.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * zoom({ secret: process.env.ZOOM_SECRET_TOKEN })
 * ```
 * @see Zoom documentation, "Using webhooks"
 * @publicApi
 */
export function zoom({ secret, toleranceSeconds = 300 }: ZoomOptions): SigningScheme {
  return hmac({
    name: 'zoom',
    secret,
    signature: { header: 'x-zm-signature', prefix: 'v0=' },
    timestamp: { header: 'x-zm-request-timestamp', toleranceSeconds },
    content: 'v0:{timestamp}:{body}',
    type: { path: 'event' },
    occurredAt: { path: 'event_ts', unit: 'ms' },
    dataPath: 'payload',
    handshake: {
      signed: async ({ payload, digest }) => {
        const plainToken = valueAt(payload, 'payload.plainToken');
        if (valueAt(payload, 'event') !== 'endpoint.url_validation' || !isChallenge(plainToken)) {
          return undefined;
        }
        return jsonAnswer({
          plainToken,
          encryptedToken: (await digest(plainToken)).toString('hex'),
        });
      },
    },
  });
}
