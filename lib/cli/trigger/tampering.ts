import type { SignatureScheme } from '../../signatures/signature-scheme.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import type { Provider, SchemeSettings } from '../../signatures/samples/provider.js';
import type { SignedTestRequest } from '../../testing/signed-request.js';
import { UsageError } from '../usage.error.js';

/** What can be made wrong about a request. */
export const TAMPERINGS = ['body', 'signature', 'timestamp'] as const;

/** @internal */
export type Tampering = (typeof TAMPERINGS)[number];

/** Some senders sign their retries of days with the time of the first attempt. */
const MONTH_MS = 30 * 86_400_000;

/**
 * The scheme to sign by: with another secret, where the signature must be wrong.
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
 * The time to sign: that of a request which somebody has kept for a month, where it must be wrong.
 *
 * @internal
 */
export function signingTime(now: Date, tampering: Tampering | undefined): Date {
  return tampering === 'timestamp' ? new Date(now.getTime() - MONTH_MS) : now;
}

/**
 * The request with another body than was signed, where the body must be wrong. It stays readable, so that
 * nothing but the signature gives it away.
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
 * Sees to it that the receiver has something to find.
 *
 * @throws {UsageError} for a provider that does not sign what was made wrong
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
      ? `'${scheme.name}' has no signature: no receiver could tell.`
      : `'${scheme.name}' does not sign its ${tampering}: no receiver could tell that it was changed.`,
  );
}
