import type { Refused, SignedRequest } from '../signature-scheme.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from './refusals.js';

/** Longest header that is read; tokens are the longest values that senders put there. */
const MAX_LENGTH = 8_192;

/** The value of a header that must stand there exactly once. */
export type HeaderReading = { readonly ok: true; readonly text: string } | Refused;

/**
 * Reads a header without which nothing can be verified. Node.js gives a repeated header as a list, or joins the
 * values by a comma and a space: the caller must refuse such a text.
 *
 * @param name in lower case
 * @param maxLength characters; a longer value is malformed
 * @internal
 */
export function headerText(
  headers: SignedRequest['headers'],
  name: string,
  maxLength = MAX_LENGTH,
): HeaderReading {
  const value = headers[name];
  if (value === undefined || (typeof value === 'string' && !/\S/.test(value)))
    return MISSING_SIGNATURE;
  return typeof value === 'string' && value.length <= maxLength
    ? { ok: true, text: value }
    : MALFORMED_SIGNATURE;
}
