import { parseMediaType, URL_ENCODED_FORM } from '../../event/media-type.js';
import type { SignedRequest } from '../signature-scheme.js';

/**
 * Whether a request declares its body as a URL-encoded form.
 *
 * @internal
 */
export function isForm({ headers }: Pick<SignedRequest, 'headers'>): boolean {
  const type = headers['content-type'];
  return typeof type === 'string' && parseMediaType(type).name === URL_ENCODED_FORM;
}
