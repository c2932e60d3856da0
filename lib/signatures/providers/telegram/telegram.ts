import { credential } from '../../schemes/credential.scheme.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `telegram()`.
 *
 * @publicApi
 */
export interface TelegramOptions {
  /** The `secret_token` that was given to `setWebhook`. */
  readonly secret: Secret;
}

/**
 * Telegram bots: `X-Telegram-Bot-Api-Secret-Token` shows the `secret_token` of `setWebhook`.
 * **Nothing is signed: anyone who has seen one request can send any other.**
 *
 * The event's id is the body's `update_id`; its type is the name of what the update holds, such as
 * `message` or `callback_query`.
 *
 * @param options the secret
 * @throws {ConfigurationError} for a missing or blank secret, or one that no header can hold
 * @example
 * ```ts
 * telegram({ secret: process.env.TELEGRAM_SECRET_TOKEN })
 * ```
 * @see Telegram Bot API documentation, "setWebhook"
 * @publicApi
 */
export function telegram({ secret }: TelegramOptions): SigningScheme {
  return credential({
    name: 'telegram',
    secret,
    header: 'x-telegram-bot-api-secret-token',
    id: { path: 'update_id' },
    type: (_, payload) => typeOf(payload),
  });
}

function typeOf(update: unknown): string | undefined {
  if (typeof update !== 'object' || update === null) return undefined;
  return Object.keys(update).find((key) => key !== 'update_id');
}
