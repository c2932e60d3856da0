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
 * Slack: events, slash commands and interactions. It signs the time of the attempt and the body.
 *
 * An event's id, type and time are the body's `event_id`, `event.type` and `event_time`, and its
 * data the body's `event`. A slash command's type is its `command`. An interaction is the JSON in its
 * form's `payload`: that is its data, and has its type. These have no id, so a digest of the body is
 * taken, which holds what makes each of them one of its own.
 *
 * The challenge by which Slack checks the URL is answered, and so is its check of the certificate
 * (`ssl_check`): both where they are signed, as all else is.
 *
 * @param options the secret, and how far the time may be off
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
