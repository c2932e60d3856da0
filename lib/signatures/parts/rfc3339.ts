/** Only with a zone: a text without one means another instant on every machine. */
const SYNTAX = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads a date and time such as `2026-03-01T12:00:00Z`.
 *
 * @returns milliseconds since the epoch; `undefined` for any other text
 * @internal
 */
export function parseRfc3339(text: string): number | undefined {
  if (!SYNTAX.test(text)) return undefined;
  const at = Date.parse(text.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}
