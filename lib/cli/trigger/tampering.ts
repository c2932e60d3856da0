import type { SignatureScheme } from '../../signatures/signature-scheme.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import type { Provider, SchemeSettings } from '../../signatures/samples/provider.js';
import type { SignedTestRequest } from '../../testing/signed-request.js';
import { UsageError } from '../usage.error.js';

/** The parts of a request that `--tamper` can falsify. */
export const TAMPERINGS = ['body', 'signature', 'timestamp'] as const;

/** @internal */
export type Tampering = (typeof TAMPERINGS)[number];

/** Some senders sign their retries of days with the time of the first attempt. */
const MONTH_MS = 30 * 86_400_000;

/**
 * The scheme that signs the request; it has another secret if the signature must be wrong.
 *
 * @internal
 */
export function signingScheme(
  { create, newSecret }: Provider,
  settings: SchemeSettings,
  tampering: Tampering | undefined,
): SigningScheme {
  return create(tampering === 'signature' ? { ...settings, secret: newSecret() } : settings);
}

/**
 * The time to sign. If it must be wrong, it is a month ago, as in a replayed request.
 *
 * @internal
 */
export function signingTime(now: Date, tampering: Tampering | undefined): Date {
  return tampering === 'timestamp' ? new Date(now.getTime() - MONTH_MS) : now;
}

/**
 * The request as it is sent. If the body must be wrong, it is changed after signing, and stays well-formed:
 * only the signature shows the change.
 *
 * @internal
 */
export function tampered(
  request: SignedTestRequest,
  { tamper }: Provider,
  tampering: Tampering | undefined,
): SignedTestRequest {
  if (tampering !== 'body') return request;
  const { headers, body } = request;
  if (tamper !== undefined) return { ...request, body: tamper(body) };
  if (headers['content-type']?.includes('form') === true) {
    return { ...request, body: `${body}&tampered=true` };
  }
  return {
    ...request,
    body: body.startsWith('{"') ? `{"tampered":true,${body.slice(1)}` : `${body} `,
  };
}

/**
 * Makes sure that a receiver can detect the change.
 *
 * @throws {UsageError} for a provider that does not sign the changed part
 * @internal
 */
export async function assertRefusable(
  scheme: SignatureScheme,
  { method, url = '', headers, body }: SignedTestRequest,
  { tampering, now }: { readonly tampering: Tampering; readonly now: Date },
): Promise<void> {
  const request = { method, url, headers, body: Buffer.from(body) };
  if (!(await scheme.verify(request, { now })).ok) return;
  throw new UsageError(
    tampering === 'signature'
      ? `'${scheme.name}' has no signature: no receiver can detect the change.`
      : `'${scheme.name}' does not sign its ${tampering}: no receiver can detect the change.`,
  );
}
