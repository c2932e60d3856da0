import { valueAt } from '../../../event/value-at.js';
import { echo, emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `slack()`.
 *
 * @publicApi
 */
export interface SlackOptions {
  /** The app's signing secret. */
  readonly secret: Secret;
  /** How far the timestamp may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * Slack's events, slash commands and interactions: `X-Slack-Signature` holds `v0=` and an
 * HMAC-SHA256 of the time of the attempt and the body, in hexadecimal.
 *
 * The id, type, time and data of an event are the body's `event_id`, `event.type`, `event_time` and
 * `event`. The type of a slash command is its `command`, and its data is the form. The data of an
 * interaction is the JSON in the form's `payload`, and its type is the `type` in that JSON. Slack
 * sends no id for commands and interactions, so the id is a digest of the body, which differs each
 * time.
 *
 * The scheme answers the challenge by which Slack checks the URL (`url_verification`), and the
 * check of the certificate (`ssl_check`), if they are signed.
 *
 * @param options the secret, and the tolerance
 * @throws {ConfigurationError} for a missing or blank secret, and for a tolerance that is not above
 * 0
 * @example
 * ```ts
 * slack({ secret: process.env.SLACK_SIGNING_SECRET })
 * ```
 * @see Slack documentation, "Verifying requests from Slack"
 * @publicApi
 */
export function slack({ secret, toleranceSeconds = 300 }: SlackOptions): SigningScheme {
  return hmac({
    name: 'slack',
    secret,
    signature: { header: 'x-slack-signature', prefix: 'v0=' },
    timestamp: { header: 'x-slack-request-timestamp', toleranceSeconds },
    content: 'v0:{timestamp}:{body}',
    id: { path: 'event_id' },
    type: (_, payload) => typeOf(payload),
    occurredAt: { path: 'event_time', unit: 's' },
    dataPath: 'event',
    jsonField: 'payload',
    handshake: {
      signed: ({ payload }) => {
        if (valueAt(payload, 'type') === 'url_verification')
          return echo(valueAt(payload, 'challenge'));
        return valueAt(payload, 'ssl_check') === '1' ? emptyAnswer(200) : undefined;
      },
    },
  });
}

function typeOf(payload: unknown): unknown {
  return valueAt(payload, 'event.type') ?? valueAt(payload, 'command') ?? valueAt(payload, 'type');
}
