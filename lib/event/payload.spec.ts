import { MalformedPayloadError } from './malformed-payload.error.js';
import { parsePayload, readPayload, storedData } from './payload.js';
import { valueAt } from './value-at.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe(readPayload.name, () => {
  it.each([
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

  it('REQ-40 takes bytes that are not text as bytes', () => {
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

describe('F-16 a form of parts', () => {
  const TYPE = 'multipart/form-data; boundary=x-1';
  const part = (headers: string, content: string | Buffer): Buffer =>
    Buffer.concat([bytes(`--x-1\r\n${headers}\r\n\r\n`), Buffer.from(content), bytes('\r\n')]);
  const field = (name: string, content: string): Buffer =>
    part(`Content-Disposition: form-data; name="${name}"`, content);
  const form = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, bytes('--x-1--')]);
  const payload = (body: Buffer, type = TYPE): unknown => {
    const reading = readPayload(type, body);
    return reading.ok ? reading.payload : reading;
  };

  it('F-16 gives its fields, several of a name and empty ones included', () => {
    expect(
      payload(form(field('a', '1'), field('b', 'ä\r\nö'), field('a', ''), field('c', ''))),
    ).toEqual(Object.assign(Object.create(null), { a: ['1', ''], b: 'ä\r\nö', c: '' }));
  });

  it('F-16 gives files with name, type, size and bytes', () => {
    const content = Buffer.from([0, 0xff, 13, 10, 45, 45]);
    const disposition = 'Content-Disposition: form-data; name="f"; filename="C:\\a %22b%22.png"';
    const file = part(`${disposition}\r\nContent-Type: image/png`, content);
    const naive = part(
      `content-disposition:form-data;name=g;filename="x";filename*=UTF-8''na%C3%AFve.txt`,
      '',
    );
    expect(payload(form(file, naive))).toEqual(
      Object.assign(Object.create(null), {
        f: { name: 'C:\\a "b".png', type: 'image/png', size: 6, bytes: content },
        g: { name: 'naïve.txt', type: 'text/plain', size: 0, bytes: Buffer.alloc(0) },
      }),
    );
  });

  it.each([
    ['a quoted boundary', 'multipart/form-data; boundary="x-1"', form(field('a', '1'))],
    [
      'text around it',
      TYPE,
      Buffer.concat([bytes('before\r\n'), form(field('a', '1')), bytes('\r\nafter')]),
    ],
    [
      'blanks behind a boundary',
      TYPE,
      bytes('--x-1 \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x-1--'),
    ],
    [
      'a charset of a field',
      TYPE,
      form(
        part(
          'Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=utf-16le',
          Buffer.from('1', 'utf16le'),
        ),
      ),
    ],
  ])('F-16 takes %s', (_, type, body) => {
    expect(payload(body, type)).toEqual(Object.assign(Object.create(null), { a: '1' }));
  });

  it.each([
    ['no boundary', 'multipart/form-data', form(field('a', '1'))],
    ['a boundary that cannot be one', `multipart/form-data; boundary=${'x'.repeat(71)}`, form()],
    ['another boundary', 'multipart/form-data; boundary=y', form(field('a', '1'))],
    ['no end', TYPE, field('a', '1')],
    ['a part without headers', TYPE, bytes('--x-1\r\n\r\n1\r\n--x-1--')],
    ['a part without a name', TYPE, form(part('Content-Disposition: form-data', '1'))],
    [
      'a part of another disposition',
      TYPE,
      form(part('Content-Disposition: attachment; name=a', '1')),
    ],
    ['text behind a boundary', TYPE, bytes('--x-1x\r\n\r\n1\r\n--x-1--')],
    [
      'long headers',
      TYPE,
      form(part(`X: ${'x'.repeat(9_000)}\r\nContent-Disposition: form-data; name=a`, '1')),
    ],
    ['too many parts', TYPE, form(...Array.from({ length: 1_001 }, () => field('a', '')))],
  ])('F-16 refuses %s', (_, type, body) => {
    expect(payload(body, type)).toMatchObject({
      ok: false,
      format: 'form',
      reason: expect.any(String),
    });
  });

  it('F-16 says that the platform does not know the charset of a field', () => {
    const body = form(
      part('Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=x', '1'),
    );
    expect(payload(body)).toMatchObject({ ok: false, unsupported: true });
  });

  it('F-16 REQ-45 gives fields no prototype', () => {
    const value = payload(form(field('__proto__', 'x'), field('constructor', 'y')));
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
  });
});

describe('F-16 what is read again from the stored bytes', () => {
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
  it.each([
    ['json', 'application/json; charset=UTF-16LE', utf16('{"a":{"b":"ä"}}'), 'a', { b: 'ä' }],
    ['json', 'text/plain; charset=utf-16le', utf16('{"a":"ä"}'), '', { a: 'ä' }],
    ['text', 'text/plain; charset=iso-8859-1', Buffer.from('ä', 'latin1'), '', 'ä'],
    ['text', "text/plain; charset='iso-8859-1',", Buffer.from('ä', 'latin1'), '', 'ä'],
    ['json', 'application/json; note="; charset=x"; charset=utf-8', bytes('{"a":"ä"}'), 'a', 'ä'],
    ['form', 'application/x-www-form-urlencoded', bytes('?a=1&b=2'), '', { '?a': '1', b: '2' }],
    [
      'form',
      'application/x-www-form-urlencoded; charset="ISO-8859-1"',
      bytes('a=%E4+b&c'),
      '',
      { a: 'ä b', c: '' },
    ],
    [
      'form',
      'multipart/form-data; boundary=x',
      bytes('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nä\r\n--x--'),
      'a',
      'ä',
    ],
    [
      'formjson',
      'application/x-www-form-urlencoded',
      bytes('payload=%7B%22a%22%3A%5B1%5D%7D'),
      'payload.a',
      [1],
    ],
    [
      'formjson',
      'multipart/form-data; boundary="x y"',
      bytes('--x y\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{"a":1}\r\n--x y--'),
      'payload',
      { a: 1 },
    ],
    ['json', 'application/json; utf-8', bytes('{"a":1}'), 'a', 1],
    ['text', 'application/json; charset=utf-8', bytes(''), '', ''],
    ['text', 'application/cloudevents+json', bytes(''), '', ''],
    ['text', 'multipart/form-data; boundary=x', bytes(''), '', ''],
    [
      'bytes',
      'application/octet-stream; charset=binary',
      Buffer.from([0xff]),
      '',
      Buffer.from([0xff]),
    ],
  ] as const)('F-16 %s of %s', (format, type, body, dataPath, data) => {
    const reading = readPayload(type, body, 'payload');
    expect(reading).toMatchObject({ ok: true, format });
    const contentType = (reading.ok && reading.contentType) || null;
    const again = storedData({ format, contentType, dataPath }, body);
    expect(JSON.stringify(again)).toBe(JSON.stringify(data));
  });

  it.each([
    'application/json; charset=x',
    'text/plain;charset=klingon',
    'application/x-www-form-urlencoded; charset=x',
  ])('F-16 says that the platform cannot decode %s', (type) => {
    expect(readPayload(type, bytes('{}'))).toMatchObject({
      ok: false,
      unsupported: true,
      reason: 'its character set is not supported',
    });
  });

  it.each(['payload=%7Bbroken', 'payload=1', 'payload=%7B%7D&payload=%7B%7D', 'other=%7B%7D'])(
    'F-16 leaves %s the form that it is',
    (body) => {
      const reading = readPayload('application/x-www-form-urlencoded', bytes(body), 'payload');
      expect(reading).toMatchObject({ ok: true, format: 'form' });
    },
  );

  it('F-16 REQ-45 leaves keys out of JSON in a form that could reach a prototype', () => {
    const body = bytes(`payload=${encodeURIComponent('{"__proto__":{"admin":true}}')}`);
    const reading = readPayload('application/x-www-form-urlencoded', body, 'payload');
    expect(reading.ok && Object.keys(reading.payload as object)).toEqual([]);
  });
});
