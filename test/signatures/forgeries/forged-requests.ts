import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';
import { FORM_TYPE } from '../content-types.js';
import { fieldsIn, LAST_PART, part, PARTS_TYPE } from '../in-parts.js';
import { ID, NOW, URL_HERE, type Subject } from '../properties/subject.js';

/** A request that is not the sender's, made to cost as much as it can. */
export interface ForgedRequest {
  readonly attack: string;
  readonly request: SignedRequest;
}

/** What makes a text long, in the places that a sender's texts have. */
const TEXTS = { ASCII: 'a', 'line feeds': '\n', accents: 'é', 'control characters': '\u0001' };

/** The texts that many pieces make are the same for every sender. */
function joinedOnce(piece: (index: number) => string, length: number, separator: string) {
  const texts = new Map<number, string>();
  return (size: number): string => {
    const text =
      texts.get(size) ??
      Array.from({ length: size / length }, (_, index) => piece(index)).join(separator);
    texts.set(size, text);
    return text;
  };
}

/** Written into an object of JSON, before or behind what the sender has there. */
const MEMBERS: Readonly<Record<string, (size: number) => string>> = {
  'deep arrays': (size) => `"x":${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
  'deep objects': (size) => `"x":${'{"a":'.repeat(size / 6)}1${'}'.repeat(size / 6)}`,
  'many items': (size) => `"x":[${'{},'.repeat(size / 3)}{}]`,
  'many numbers': (size) => `"x":[${'1,'.repeat(size / 2)}1]`,
  'one key again and again': (size) => `${'"a":1,'.repeat(size / 6)}"a":1`,
  'escaped keys': (size) => `${'"\\u0061":1,'.repeat(size / 11)}"a":1`,
  'many keys': joinedOnce((index) => `"k${index}":1`, 12, ','),
  'an escaped text': (size) => `"x":"${'\\"'.repeat(size / 2)}"`,
};

/** Written behind the fields of a form. */
const FIELDS: Readonly<Record<string, (size: number) => string>> = {
  'many names': (size) => 'a&'.repeat(size / 2),
  'many fields': (size) => 'a=1&'.repeat(size / 4),
  'many different fields': joinedOnce((index) => `k${index}=1`, 8, '&'),
  spaces: (size) => `a=${'+'.repeat(size)}`,
  escapes: (size) => `a=${'%41'.repeat(size / 3)}`,
  'escapes that are none': (size) => `a=${'%'.repeat(size)}`,
  'an escape, and spaces': (size) => `a=%41${'+'.repeat(size)}`,
  'fields of one name': (size) =>
    Array.from({ length: 200 }, () => `a=${'+'.repeat(size / 200)}`).join('&'),
  'escapes beyond ASCII': (size) => `a=${'%e4%b8%ad'.repeat(size / 9)}`,
};

const repeat = (text: string, size: number): string => text.repeat(size / text.length);

/** Written before or behind the parts of a form. */
const PARTS: Readonly<Record<string, (size: number) => string>> = {
  'many parts': (size) => repeat(part('a', '1'), Math.min(size, 50_000)),
  'many parts of a name': (size) => repeat(part('token', '1'), Math.min(size, 50_000)),
  'a long part': (size) => part('a', repeat('é', size / 2)),
  'line breaks in a part': (size) => part('a', repeat('\r\n-', size)),
  'quotation marks in headers': (size) =>
    repeat(part('a', '1', `; x="${repeat('\\"', 7_800)}"`), size),
  'parameters in headers': (size) => repeat(part('a', '1', `; ${repeat('a=b;', 7_600)}`), size),
  'many headers': (size) => repeat(part('a', '1', repeat('\r\na:', 7_600)), size),
};

/** Longest value of a header that Node.js takes by default, with room for the others. */
const HEADER_SIZE = 8_000;

/**
 * The requests of an attacker who knows everything but the sender's secret: the right form with a wrong
 * signature.
 *
 * @param size of the bodies, in bytes
 */
export function forgedRequests(subject: Subject, size: number): ForgedRequest[] {
  const scheme = subject.create(subject.otherSecret);
  const { headers = {} } = subject;
  const signed = (body: string): SignedRequest => {
    const message = scheme.sign({ body, id: ID, timestamp: NOW, url: URL_HERE, headers });
    return {
      method: 'POST',
      url: message.url ?? URL_HERE,
      headers: { ...headers, ...message.headers },
      body: message.body,
    };
  };
  const plain = signed(subject.body(''));
  const around = (attack: string, body: string): ForgedRequest => ({
    attack,
    request: { ...plain, body: Buffer.from(body, 'utf8') },
  });
  const text = Buffer.from(plain.body).toString('utf8');
  const fields = fieldsIn(text);
  return [
    ...asForm(fields, plain, size),
    ...asParts(fields, plain, size),
    ...bodies(text, size).map(([attack, body]) => around(attack, body)),
    ...Object.entries(TEXTS).flatMap(([name, char]) => {
      const body = subject.body(char.repeat(size / Buffer.byteLength(JSON.stringify(char)) / 2));
      try {
        return [{ attack: `a long text of ${name}`, request: signed(body) }];
      } catch {
        // Longer than what the scheme signs: as it is, then.
        return [around(`a long text of ${name}`, body)];
      }
    }),
    ...Object.entries(plain.headers).flatMap(([name, value]) =>
      longHeaders(plain, name, value, size),
    ),
  ];
}

function bodies(text: string, size: number): [string, string][] {
  const isObject = text.startsWith('{') && text.endsWith('}');
  const inner = isObject ? text.slice(1, -1) : '';
  const comma = inner === '' ? '' : ',';
  const json = Object.entries(MEMBERS).flatMap(([name, write]): [string, string][] => [
    [`${name}, in front`, `{${write(size)}${comma}${inner}}`],
    [`${name}, behind`, `{${inner}${comma}${write(size)}}`],
  ]);
  const form = Object.entries(FIELDS).flatMap(([name, write]): [string, string][] => [
    [`${name}, in front`, `${write(size)}&${text}`],
    [`${name}, behind`, `${text}&${write(size)}`],
  ]);
  return [...json, ...form, ...repeated(text, size)];
}

/** Of a sender that has its signature in the fields of a form, or may have. */
function asForm(
  fields: [string, string][],
  { headers, ...plain }: SignedRequest,
  size: number,
): ForgedRequest[] {
  if (fields.length === 0) return [];
  const text = new URLSearchParams(fields).toString();
  return Object.entries(FIELDS).flatMap(([name, write]) =>
    [`${write(size)}&${text}`, `${text}&${write(size)}`].map((body, behind) => ({
      attack: `${name} in a form, ${behind === 1 ? 'behind' : 'in front'}`,
      request: { ...plain, headers: { ...headers, ...FORM_TYPE }, body: Buffer.from(body) },
    })),
  );
}

function asParts(
  fields: [string, string][],
  { headers, ...plain }: SignedRequest,
  size: number,
): ForgedRequest[] {
  if (fields.length === 0) return [];
  const parts = fields.map(([name, value]) => part(name, value)).join('');
  return Object.entries(PARTS).flatMap(([name, write]) =>
    [write(size) + parts, parts + write(size)].map((body, behind) => ({
      attack: `${name}, ${behind === 1 ? 'behind' : 'in front'}`,
      request: {
        ...plain,
        headers: { ...headers, ...PARTS_TYPE },
        body: Buffer.from(body + LAST_PART),
      },
    })),
  );
}

/** The same items again and again, where there are some. */
function repeated(text: string, size: number): [string, string][] {
  const list = /^(\{"\w+":\[)(\{.*\})(\].*)$/s.exec(text);
  if (list === null) return [];
  const [, before = '', items = '', behind = ''] = list;
  const count = Math.ceil(size / items.length);
  return [['many of its items', `${before}${Array(count).fill(items).join(',')}${behind}`]];
}

function longHeaders(
  plain: SignedRequest,
  name: string,
  value: string | string[] | undefined,
  size: number,
): ForgedRequest[] {
  const body = Buffer.alloc(size, 'a');
  const text = String(value);
  const again = (separator: string): string =>
    Array(Math.floor(HEADER_SIZE / (text.length + 1)))
      .fill(text)
      .join(separator);
  return Object.entries({
    'again and again, with commas': again(','),
    'again and again, with spaces': again(' '),
    'of one letter': 'a'.repeat(HEADER_SIZE),
    'of spaces': `${' '.repeat(HEADER_SIZE)}a`,
    'of dots': `${'a.'.repeat(HEADER_SIZE / 2)}`,
  }).map(([kind, long]) => ({
    attack: `the header ${name} ${kind}`,
    request: { ...plain, headers: { ...plain.headers, [name]: long }, body },
  }));
}
