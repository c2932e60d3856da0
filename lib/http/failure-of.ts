import type { OutboundFailure } from './outbound.error.js';

const CODES: readonly (readonly [failure: OutboundFailure, codes: RegExp])[] = [
  ['dns', /^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|EREFUSED)$/],
  [
    'tls',
    /^(?:ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|EPROTO)$/,
  ],
  ['timed-out', /^(?:UND_ERR_\w*TIMEOUT|ETIMEDOUT)$/],
  ['connect', /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|ENOENT)$/],
  ['aborted', /^(?:ABORT_ERR|UND_ERR_ABORTED|AbortError|TimeoutError)$/],
];

/**
 * Classifies an error of the HTTP client, of a socket or of a lookup.
 *
 * @param timedOut whether the request's own limit of time was over
 * @returns the kind of failure, and the error's code: its message may quote the URL
 * @internal
 */
export function failureOf(
  error: unknown,
  timedOut: boolean,
): { readonly failure: OutboundFailure; readonly code: string } {
  if (timedOut) return { failure: 'timed-out', code: 'TIMED_OUT' };
  const code = codeOf(error);
  const found = CODES.find(([, codes]) => codes.test(code));
  return { failure: found?.[0] ?? 'broken', code };
}

/** If several addresses were tried, the code of the last one. */
function codeOf(error: unknown): string {
  const { code, name, errors }: { code?: unknown; name?: unknown; errors?: unknown } =
    Object(error);
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors.at(-1));
  const found = [code, name].find((text) => typeof text === 'string' && text !== '');
  return typeof found === 'string' ? found : 'unknown';
}
