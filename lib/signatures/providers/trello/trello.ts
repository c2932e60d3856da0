import { emptyAnswer } from '../../handshake/handshake-answer.js';
import type { HmacOptions } from '../../schemes/hmac.options.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `trello()`.
 *
 * @publicApi
 */
export interface TrelloOptions {
  /** The app's secret, as Trello shows it beside the API key. */
  readonly secret: Secret;
  /**
   * The callback URL exactly as the webhook was created with; or a function that returns it for a request.
   */
  readonly url: NonNullable<HmacOptions['url']>;
}

/**
 * Trello: `X-Trello-Webhook` holds an HMAC-SHA1 of the body and the callback URL, in base64.
 *
 * The event's id, type and time are `id`, `type` and `date` of the body's `action`; its data is the
 * body.
 *
 * The scheme answers the `HEAD` request by which Trello checks the URL.
 *
 * @param options the secret, and the URL
 * @throws {ConfigurationError} for a missing or blank secret, and for a missing URL
 * @example
 * ```ts
 * trello({ secret: process.env.TRELLO_SECRET, url: 'https://example.com/webhooks/trello' })
 * ```
 * @see Trello documentation, "Webhooks"
 * @publicApi
 */
export function trello({ secret, url }: TrelloOptions): SigningScheme {
  return hmac({
    name: 'trello',
    secret,
    algorithm: 'sha1',
    signature: { header: 'x-trello-webhook', encoding: 'base64' },
    url,
    content: '{body}{url}',
    id: { path: 'action.id' },
    type: { path: 'action.type' },
    occurredAt: { path: 'action.date', unit: 'iso' },
    handshake: {
      methods: ['HEAD'],
      unsigned: ({ request }) => (request.method === 'HEAD' ? emptyAnswer(200) : undefined),
    },
  });
}
