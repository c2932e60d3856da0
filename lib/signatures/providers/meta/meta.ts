import { valueAt } from '../../../event/value-at.js';
import { areSameTexts } from '../../parts/constant-time.js';
import { echo, emptyAnswer } from '../../handshake/handshake-answer.js';
import { hmac } from '../../schemes/hmac.scheme.js';
import { requiredText } from '../../parts/required-text.js';
import type { Secret } from '../../keys/secrets.js';
import type { SigningScheme } from '../../signing.scheme.js';

/**
 * Options of `meta()`.
 *
 * @publicApi
 */
export interface MetaOptions {
  /** The app's secret ("App secret"). */
  readonly secret: Secret;
  /** The verify token that is set beside the callback URL; Meta shows it when it checks the URL. */
  readonly verifyToken: string | undefined;
}

/**
 * Meta (WhatsApp, Messenger, Instagram and Facebook pages): `X-Hub-Signature-256` holds `sha256=`
 * and an HMAC-SHA256 of the body, in hexadecimal.
 *
 * A body is one event. Its type is the body's `object`, with the `field` of its changes if all have
 * the same: `whatsapp_business_account.messages`, `page`. Meta sends no event id (the id of a
 * message comes in several events: sent, delivered, read), so the id is a digest of the body.
 *
 * The scheme answers the `GET` request by which Meta checks the URL (`hub.challenge`) if it shows
 * the verify token, and answers 403 if it shows another.
 *
 * @param options the secret, and the verify token
 * @throws {ConfigurationError} for a missing or blank secret or verify token
 * @example
 * ```ts
 * meta({
 *   secret: process.env.META_APP_SECRET,
 *   verifyToken: process.env.META_VERIFY_TOKEN,
 * })
 * ```
 * @see Meta documentation, "Webhooks: Getting Started"
 * @publicApi
 */
export function meta({ secret, verifyToken }: MetaOptions): SigningScheme {
  const expected = requiredText('verifyToken', verifyToken);
  return hmac({
    name: 'meta',
    secret,
    signature: { header: 'x-hub-signature-256', prefix: 'sha256=' },
    type: { join: [{ path: 'object' }, (_, payload) => fieldOf(payload)] },
    handshake: {
      methods: ['GET'],
      unsigned: ({ request, query }) => {
        if (request.method !== 'GET' || query.get('hub.mode') !== 'subscribe') return undefined;
        return areSameTexts(query.get('hub.verify_token'), expected)
          ? echo(query.get('hub.challenge'))
          : emptyAnswer(403);
      },
    },
  });
}

/** The field of all changes of all entries, if they have the same. */
function fieldOf(payload: unknown): unknown {
  const changes = itemsOf(payload, 'entry').flatMap((entry) => itemsOf(entry, 'changes'));
  const fields = new Set(changes.map((change) => valueAt(change, 'field')));
  return fields.size === 1 ? [...fields][0] : undefined;
}

function itemsOf(value: unknown, path: string): readonly unknown[] {
  const items = valueAt(value, path);
  return Array.isArray(items) ? items : [];
}
