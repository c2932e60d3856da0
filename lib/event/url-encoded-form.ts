import type { Charset, TextDecoding } from './charset.js';
import { addField, emptyFields, type FormFields } from './form-fields.js';

/**
 * Reads an `application/x-www-form-urlencoded` body.
 *
 * @internal
 */
export function parseUrlEncodedForm(body: Buffer, charset: Charset): FormFields {
  const fields = emptyFields();
  for (const [name, value] of charset === undefined ? utf8Pairs(body) : pairs(body, charset)) {
    addField(fields, name, value);
  }
  return fields;
}

function utf8Pairs(body: Buffer): Iterable<[string, string]> {
  const text = body.toString('utf8');
  // A question mark at the start, which URLSearchParams leaves out, belongs to the first name.
  return new URLSearchParams(text.startsWith('?') ? `&${text}` : text);
}

/** URLSearchParams takes what is percent-encoded for UTF-8. */
function* pairs(body: Buffer, charset: TextDecoding): Iterable<[string, string]> {
  for (const pair of body.toString('latin1').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    yield [decode(name, charset), decode(equals < 0 ? '' : pair.slice(equals + 1), charset)];
  }
}

function decode(text: string, charset: TextDecoding): string {
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return charset.decode(Buffer.from(bytes, 'latin1'));
}
