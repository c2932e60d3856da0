import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Mailchimp's audience webhooks, which are not signed: **anyone who knows the URL can post to it**.
 * Put a secret into the query of the URL, and ask Mailchimp's API before you act on the body. For
 * Mailchimp Transactional, which signs, use `mandrill()`.
 *
 * The event's type is the form's `type`, such as `unsubscribe`; its data is the form, with fields
 * such as `data[email]`. Mailchimp sends no event id, so the id is a digest of the body, which
 * holds the time (`fired_at`).
 *
 * The scheme answers the `GET` request by which Mailchimp checks the URL.
 *
 * @param options `unsigned: true`: you accept that nothing is signed
 * @throws {ConfigurationError} unless `unsigned: true` is set
 * @example
 * ```ts
 * mailchimp({ unsigned: true })
 * ```
 * @see Mailchimp documentation, "Sync Audience Data with Webhooks"
 * @publicApi
 */
export function mailchimp(options: AcceptUnsigned): SignatureScheme {
  assertAcceptedUnsigned('Mailchimp', options);
  const facts = unsigned({
    type: { path: 'type' },
    handshake: {
      methods: ['GET'],
      unsigned: ({ request }) => (request.method === 'GET' ? emptyAnswer(200) : undefined),
    },
  });
  return { ...facts, name: 'mailchimp' };
}
