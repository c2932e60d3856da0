import { isStorableText } from '../storable-text.js';

/**
 * Whether any stored row can have the values of this filter: no row has a text that no database stores, and
 * PostgreSQL fails when it is asked for one.
 *
 * @internal
 */
export function canMatch(filter: object): boolean {
  return Object.values(filter).every((value) => typeof value !== 'string' || isStorableText(value));
}
