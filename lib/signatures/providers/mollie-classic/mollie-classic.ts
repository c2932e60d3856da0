import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import { everyDelivery } from '../../facts/every-delivery.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Mollie's classic webhooks, which are not signed: **anybody who knows the URL can post to it**. The
 * body is a form with the `id` of an object, and nothing else: fetch the object from Mollie's API, and
 * believe nothing but what that says.
 *
 * Each delivery is an event of its own, with an id that is made here: the form is the same whenever the
 * object changes, so that neither it nor a digest of it tells one change from the next.
 *
 * @param options that it is known not to be signed
 * @throws {ConfigurationError} unless `unsigned: true` is written out
 * @example
 * ```ts
 * mollieClassic({ unsigned: true })
 * ```
 * @see Mollie documentation, "Webhooks"
 * @publicApi
 */
export function mollieClassic(options: AcceptUnsigned): SignatureScheme {
  assertAcceptedUnsigned('Mollie', options);
  return { ...unsigned({ id: everyDelivery }), name: 'mollieClassic' };
}
