import { type AcceptUnsigned, assertAcceptedUnsigned } from '../../schemes/accepted-unsigned.js';
import { everyDelivery } from '../../facts/every-delivery.js';
import type { SignatureScheme } from '../../signature-scheme.js';
import { unsigned } from '../unsigned/unsigned.js';

/**
 * Mollie's classic webhooks, which are not signed: **anyone who knows the URL can post to it**. The
 * body is a form with only the `id` of an object: fetch the object from Mollie's API, and trust
 * nothing else.
 *
 * The form is the same whenever the object changes. Each delivery is therefore an event of its own,
 * with a random id; a retry is too. The event has no type.
 *
 * @param options `unsigned: true`: you accept that nothing is signed
 * @throws {ConfigurationError} unless `unsigned: true` is set
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
