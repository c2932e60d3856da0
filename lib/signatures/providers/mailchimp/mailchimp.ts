import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Mailchimp's audience webhooks, which are not signed: **anybody who knows the URL can post to it**. Put a
 * secret into the query of the URL, and ask Mailchimp's API before something depends on the body. Not
 * Mailchimp Transactional, which signs: that is `mandrill()`.
 *
 * The event's type is the form's `type`, such as `unsubscribe`; its data are the form's fields, such as
 * `data[email]`. It has no id, so a digest of the body is taken, which has the time (`fired_at`). The `GET`
 * request by which Mailchimp checks the URL is answered.
 *
 * @param options that it is known not to be signed
 * @throws {ConfigurationError} unless `unsigned: true` is written out
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
