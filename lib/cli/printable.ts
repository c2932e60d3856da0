/** How many characters of one text to show. */
const MAX_LENGTH = 4_000;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A text for a terminal, in quotes and with escapes: a sender's bytes must not act on the terminal, and
 * blanks at the ends must be visible.
 *
 * @internal
 */
export function printable(content: string | Uint8Array): string {
  const text = typeof content === 'string' ? content : decode(content);
  return shortened(text, escaped(text));
}

/**
 * A text for a terminal that is easy to read: without quotes, and with escapes only for what may act on the
 * terminal or does not show.
 *
 * @internal
 */
export function visible(text: string): string {
  return shortened(text, escaped(text).slice(1, -1).replaceAll('\\"', '"'));
}

function escaped(text: string): string {
  return JSON.stringify(text.slice(0, MAX_LENGTH)).replace(
    // Characters that JSON does not escape, and that a terminal may act on or not show.
    /[\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shortened(text: string, shown: string): string {
  return text.length > MAX_LENGTH
    ? `${shown} and ${text.length - MAX_LENGTH} characters more`
    : shown;
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}
