import { MalformedPayloadError, parsePayload, readPayload } from './payload.js';
import { valueAt } from './value-at.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe(readPayload.name, () => {
  it.each([
    ['application/json', '', 'json'],
    ['application/json', '{broken', 'json'],
    ['application/json; charset=utf-8', '{}', 'json'],
    ['APPLICATION/JSON', '{}', 'json'],
    ['application/cloudevents+json', '{}', 'json'],
    ['application/x-www-form-urlencoded', 'id=tr_1', 'form'],
    ['text/plain', 'hello', 'text'],
    ['text/plain', '{"a":1}', 'json'],
    [undefined, '[1]', 'json'],
    [undefined, '{broken', 'text'],
    [undefined, '', 'text'],
    ['garbage', 'x', 'text'],
  ] as const)('REQ-39 reads %s with the body %j as %s', (contentType, body, expected) => {
    expect(readPayload(contentType, bytes(body))).toMatchObject({ format: expected });
  });

  it('REQ-40 takes bytes that are no text as bytes', () => {
    const body = Buffer.from([0xff, 0xfe, 0]);
    expect(readPayload('application/octet-stream', body)).toEqual({
      ok: true,
      format: 'bytes',
      payload: body,
    });
  });
});

describe(parsePayload.name, () => {
  it('parses JSON, also behind a byte order mark', () => {
    expect(parsePayload('json', bytes('\ufeff{"a":1.0}'))).toEqual({ a: 1 });
  });

  it.each(['', '{', 'nul', '{"a":1}x'])('refuses %j as JSON, without quoting it', (body) => {
    const parse = (): unknown => parsePayload('json', bytes(body));
    expect(parse).toThrow(MalformedPayloadError);
    expect(parse).toThrow(/^the body is not JSON$/);
  });

  it('REQ-45 leaves keys out that could reach a prototype', () => {
    const value = parsePayload('json', bytes('{"a":[{"__proto__":{"admin":true},"b":1}]}'));
    expect(JSON.stringify(value)).toBe('{"a":[{"b":1}]}');
    const escaped = parsePayload('json', bytes('{"\\u005f_proto__":{"admin":true}}'));
    expect(Object.keys(escaped as object)).toEqual([]);
  });

  it('takes large values that name a prototype, and forms that repeat a field, in linear time', () => {
    const items = Array.from({ length: 200_000 }, () => 1);
    const value = parsePayload('json', bytes(JSON.stringify({ items, note: '__proto__' })));
    expect(value).toEqual({ items, note: '__proto__' });
    const form = parsePayload('form', bytes('a=&'.repeat(100_000))) as { a: string[] };
    expect(form.a).toHaveLength(100_000);
  });

  it('REQ-45 gives form fields no prototype', () => {
    const form = parsePayload('form', bytes('__proto__=x&id=tr_1&tag=a&tag=b'));
    expect(Object.getPrototypeOf(form)).toBeNull();
    expect(form).toMatchObject({ id: 'tr_1', tag: ['a', 'b'] });
  });
});

describe(valueAt.name, () => {
  it('follows own properties only', () => {
    const value = { data: { object: { id: 1 } } };
    expect(valueAt(value, '')).toBe(value);
    expect(valueAt(value, 'data.object.id')).toBe(1);
    expect(valueAt(value, 'data.constructor')).toBeUndefined();
    expect(valueAt(value, 'data.missing.id')).toBeUndefined();
    expect(valueAt('text', 'length')).toBeUndefined();
  });
});
