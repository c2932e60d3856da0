import type { RequestRefused } from '../telemetry/receiving.occurrence.js';

/**
 * Why requests were refused, in few classes:
 *
 * - `unknown-source`: there is no source of this name
 * - `signature`: it is missing, malformed or wrong, or the scheme refused for another reason
 * - `timestamp`: it is missing, too old or too new
 * - `method`: a method that the source does not take
 * - `body`: the body cannot be read as it was sent
 * - `size`: the body is too large, or has too many events
 * - `data`: the data does not fit the schema
 * - `unavailable`: answered 503, so the sender may try again
 * - `error`: a scheme, a schema or a function of the source threw: answered 500
 * - `other`: any other reason
 *
 * @publicApi
 */
export type RefusalClass =
  | 'unknown-source'
  | 'signature'
  | 'timestamp'
  | 'method'
  | 'body'
  | 'size'
  | 'data'
  | 'unavailable'
  | 'error'
  | 'other';

const OF_SIGNATURE = new Set([
  'missing-signature',
  'malformed-signature',
  'signature-mismatch',
  'unsupported-algorithm',
]);

const OF_STATUS: ReadonlyMap<number, RefusalClass> = new Map([
  [400, 'body'],
  [401, 'signature'],
  [405, 'method'],
  [408, 'body'],
  [413, 'size'],
  [415, 'body'],
  [422, 'data'],
  [503, 'unavailable'],
]);

/** The class of a refusal. A source may answer a wrong signature with any status. @internal */
export function refusalClassOf({
  isKnown,
  status,
  reason,
}: Pick<RequestRefused, 'isKnown' | 'status' | 'reason'>): RefusalClass {
  if (!isKnown) return 'unknown-source';
  if (OF_SIGNATURE.has(reason)) return 'signature';
  if (reason.startsWith('timestamp-')) return 'timestamp';
  return OF_STATUS.get(status) ?? 'other';
}
