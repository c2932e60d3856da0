import fc from 'fast-check';
import type { SignedRequest } from '../../../lib/signatures/signature-scheme.js';

/** Put somewhere into a text: what parsers of JSON, forms, headers and dates stumble over. */
const PIECES = [
  ['\\', '\\q', '\\u', '\\u12', '\\ud800', '\\udc00\\ud800', '\\u0000', '\\"', '"', '"\\u005f'],
  ['{', '}', '[', ']', ',', ':', '{"a":', '[[', '"__proto__":{"a":1},', '"constructor":1,'],
  ['%', '%4', '%zz', '%00', '%ff', '%ed%a0%80', '&', '=', '&&', '&=', '=&', '+', '&a=1&a=2'],
  ['\0', '\xff', '\xed\xa0\x80', '\xef\xbb\xbf', '\xe2\x80\xa8', '\t', '\r', '\n', '\r\n\r\n'],
  ['--', '\r\n--b', '\r\n--b--\r\n', '\r\n--b\r\n', "; filename*=utf-8''%", '; name="', "''"],
  ['-', '+1', '0', '1e999', '99999999999999999999', '.', '|', ';', '/', ' ', 'é'.repeat(40)],
  ['a'.repeat(300), '['.repeat(2_000), '{"a":'.repeat(500), '&a'.repeat(600), 'T25:61:61Z'],
].flat();

/** Put in the place of a value of JSON. */
const VALUES = [
  ['null', 'true', '0', '-0', '-1', '1.5', '1e999', '1e21', '12345678901234567890', '-', 'nul'],
  ['""', '" "', '"\\ud800"', '"\\u0000"', '"\\q"', '"\xff"', '"', '"a.b"', '"0"', '"__proto__"'],
  ['{}', '[]', '[null]', '[[]]', '["a"]', '{"a":{}}', '{"length":1}', '[{}]', '"https://["'],
  ['"2026-02-30T25:61:61Z"', '"+275760-09-13T00:00:00.001Z"', `"${'0'.repeat(20_000)}"`, ''],
].flat();

const VALUE = /"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d[\d.]*|true|false|null|\{\}|\[\]/gs;

const BREAKS = /["=&%:{[,;|.\n]/g;

const CONTENT_TYPES = [
  [undefined],
  ['', ';', 'text/plain', 'application/json', 'APPLICATION/JSON ; charset=utf-16le', '\xff/\0'],
  ['application/json; charset=nothing', 'application/cloudevents+json', 'application/xml'],
  ['application/cloudevents-batch+json', 'application/x-www-form-urlencoded;charset=shift_jis'],
  ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-16be'],
  ['multipart/form-data', 'multipart/form-data; boundary=b', 'multipart/form-data; boundary=""'],
  ['multipart/form-data; boundary="', `multipart/form-data; boundary=${'b'.repeat(71)}`],
].flat();

const URLS = [
  ['', '/', '//', '///', '*', '/*', '/%', '/%zz?%', '?', '#', '/?#', '/?a#b?c', 'http://', ':'],
  ['https://', 'http://[', 'https://[::1]:99999/', 'https://a:b@c:d/', '//host:port/', '\\\\'],
  ['/hooks/shop', 'http://x', 'https://$&:1/?a', 'https://p:8443/a', 'javascript:alert(1)'],
  ['https://example.com:443/hooks/shop', 'https://example.com/hooks/shop?bodySHA256=%'],
  ['/a?bodySHA256=00&bodySHA256=00', '/a?jwt=%&%ed%a0%80=%ff&a=1&a=2', '/\xff\xed\xa0\x80?\0'],
  [`/?${'a=%&'.repeat(2_000)}`],
].flat();

/** What senders ask for when they check a URL, all at once. */
const QUESTIONS =
  'hub.mode=subscribe&hub.verify_token=t&hub.challenge=1&challenge=c&validationToken=v' +
  `&bt_challenge=${'a'.repeat(20)}&crc_token=c`;

const METHODS = ['POST', 'POST', 'POST', 'POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', ''];

/** Places that matter more, more often. */
const PLACES = ['body', 'body', 'value', 'value', 'header', 'type', 'url', 'method'] as const;

/** One change, of what and where: numbers, so that it fits any request. */
interface Change {
  readonly place: (typeof PLACES)[number];
  readonly how: number;
  readonly where: number;
  readonly what: number;
}

/** Changes that somebody could make to a request. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    place: fc.constantFrom(...PLACES),
    how: fc.nat(1_000),
    where: fc.nat(1_000_000),
    what: fc.nat(1_000_000),
  }),
  { minLength: 1, maxLength: 5 },
);

/** The request with all of the changes, one after the other. */
export function changed(request: SignedRequest, all: readonly Change[]): SignedRequest {
  return all.reduce(apply, request);
}

function apply(request: SignedRequest, { place, how, where, what }: Change): SignedRequest {
  const { headers } = request;
  switch (place) {
    case 'body':
      return { ...request, body: changedBytes(request.body, how, where, what) };
    case 'value':
      return { ...request, body: changedValue(request.body, where, what) };
    case 'header': {
      const names = Object.keys(headers);
      const name = names[where % names.length] ?? 'x-hook-secret';
      return {
        ...request,
        headers: { ...headers, [name]: changedHeader(headers[name], how, what) },
      };
    }
    case 'type':
      return { ...request, headers: { ...headers, 'content-type': pick(CONTENT_TYPES, what) } };
    case 'url':
      return { ...request, url: changedUrl(request.url, how, where, what) };
    case 'method':
      return { ...request, method: pick(METHODS, what) };
  }
}

function pick<Item>(items: readonly Item[], which: number): Item {
  return items[which % items.length]!;
}

function changedBytes(bytes: Uint8Array, how: number, where: number, what: number): Buffer {
  const text = Buffer.from(bytes).toString('latin1');
  return Buffer.from(changedText(text, how, where, what), 'latin1');
}

/** Of characters of one byte each, as in a header. */
function changedText(text: string, how: number, where: number, what: number): string {
  const at = where % (text.length + 1);
  const end = at + (what % 40);
  switch (how % 6) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(what & 0xff) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, end) + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4: {
      // Behind what sets something apart.
      const found = pick([...text.matchAll(BREAKS)], where) as RegExpExecArray | undefined;
      const behind = found === undefined ? 0 : found.index + 1;
      return text.slice(0, behind) + pick(PIECES, what) + text.slice(behind);
    }
    default:
      return text.slice(0, at) + pick(PIECES, what) + text.slice(at);
  }
}

function changedValue(bytes: Uint8Array, where: number, what: number): Buffer {
  const text = Buffer.from(bytes).toString('latin1');
  const found = pick([...text.matchAll(VALUE)], where) as RegExpExecArray | undefined;
  const start = found?.index ?? 0;
  const value = pick(VALUES, what);
  return Buffer.from(
    text.slice(0, start) + value + text.slice(start + (found?.[0].length ?? 0)),
    'latin1',
  );
}

function changedHeader(
  given: string | string[] | undefined,
  how: number,
  what: number,
): string | string[] | undefined {
  const text = String(given ?? '');
  const token = TOKEN.exec(text);
  if (token !== null && how % 2 === 0) return changedToken(token, how, what);
  switch ((how >> 1) % 9) {
    case 0:
      return undefined;
    case 1:
      return pick(['', ' ', '\t', ',', ', ', '=', '.', '..', '\xff', 'é'.repeat(64)], what);
    case 2:
      return [text, text];
    case 3:
      return `${text}, ${text}`;
    case 4:
      return text.repeat(Math.ceil(9_000 / Math.max(text.length, 1)));
    case 5:
      return text.toUpperCase();
    default:
      return changedText(text, how, what, Math.floor(what / 7));
  }
}

/** A signed token (JWS), with whatever may stand in front of it. */
const TOKEN = /^((?:\w+ )?)([\w-]+)\.([\w-]+)\.([\w-]*)$/;

function changedToken([, name = '', ...parts]: RegExpExecArray, how: number, what: number): string {
  const which = (how >> 1) % 2;
  const part = Buffer.from(parts[which] ?? '', 'base64url');
  const changedPart = changedValue(part, what, Math.floor(what / 7)).toString('base64url');
  return name + parts.map((it, index) => (index === which ? changedPart : it)).join('.');
}

function changedUrl(url: string, how: number, where: number, what: number): string {
  switch (how % 4) {
    case 0:
      return pick(URLS, what);
    case 1:
      return `${url}${url.includes('?') ? '&' : '?'}${changedText(QUESTIONS, how >> 2, where, what)}`;
    case 2:
      return `/hooks/shop?${QUESTIONS}`;
    default:
      return changedText(url, how >> 2, where, what);
  }
}
