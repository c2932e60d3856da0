/**
 * Whether every database stores and compares this text as it is: PostgreSQL refuses U+0000, and half of a
 * surrogate pair has no form in UTF-8.
 *
 * @internal
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
