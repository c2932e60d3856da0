import fc from 'fast-check';
import { jsonSlices } from './json-slices.js';
import { parsePayload } from './payload.js';
import { valueAt } from './value-at.js';

/** JSON as senders may write it: space anywhere, escapes in keys, keys that come twice. */
const json: fc.Arbitrary<string> = fc.letrec<{ value: string; array: string; object: string }>(
  (tie) => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t');
    const key = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'events', '0', 'length') },
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const written = fc
      .tuple(key, fc.boolean())
      .map(([text, escaped]) =>
        escaped
          ? `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
          : JSON.stringify(text),
      );
    const joined = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.array(items, { maxLength: 5 }).map((parts) => parts.join(','));
    return {
      value: fc
        .tuple(
          space,
          fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            fc.jsonValue({ maxDepth: 0 }).map((scalar) => JSON.stringify(scalar)),
            fc.constantFrom('-0', '1.0', '1e2', '"]},\\""', '"\\\\"', '"{["'),
            tie('array'),
            tie('object'),
          ),
          space,
        )
        .map((parts) => parts.join('')),
      array: joined(tie('value')).map((items) => `[${items}]`),
      object: joined(
        fc
          .tuple(space, written, space, tie('value'))
          .map(([before, name, after, value]) => `${before}${name}${after}:${value}`),
      ).map((items) => `{${items}}`),
    };
  },
).value;

/** Paths to every value inside, as far as a dotted path can name it. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.keys(value)
    .filter((key) => key !== '' && !key.includes('.'))
    .flatMap((key) =>
      pathsOf((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
    );
  return [path, ...inner];
}

describe('jsonSlices', () => {
  it('finds the bytes of every value that JSON.parse finds', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (text, marked) => {
        const body = Buffer.from(marked ? `\ufeff${text}` : text);
        const payload = parsePayload('json', body);
        const paths = pathsOf(payload);
        const slices = jsonSlices(body, paths);
        const texts = slices.map((slice) => slice!.toString());
        expect(slices.map((slice) => parsePayload('json', slice!))).toEqual(
          paths.map((path) => valueAt(payload, path)),
        );
        expect(texts).toEqual(texts.map((one) => one.trim()));
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds nothing where there is nothing', () => {
    fc.assert(
      fc.property(json, (text) => {
        const body = Buffer.from(text);
        const payload = parsePayload('json', body);
        const paths = ['a', 'a.b', 'events.0', 'events.7.a', '0', '00', '1.events', 'missing'];
        const found = jsonSlices(body, paths).map((slice) => slice !== undefined);
        expect(found).toEqual(paths.map((path) => valueAt(payload, path) !== undefined));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the bytes as they stand, and no copies', () => {
    const body = Buffer.from('{"events": [ {"b":1.0,  "a":"\\u00e9"} ,2]}');
    const [first, second] = jsonSlices(body, ['events.0', 'events.1']);
    expect(first?.toString()).toBe('{"b":1.0,  "a":"\\u00e9"}');
    expect(second?.toString()).toBe('2');
    expect(first?.buffer).toBe(body.buffer);
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    const body = Buffer.from('{"events":[1,2],"\\u0065vents":[3],"x":0,"x":[]}');
    const slices = jsonSlices(body, ['events', 'events.0', 'events.1', 'x.0']);
    expect(slices.map((slice) => slice?.toString())).toEqual(['[3]', '3', undefined, undefined]);
  });

  it('keeps bytes that are not text', () => {
    const body = Buffer.concat([
      Buffer.from('[{"a":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"}]'),
    ]);
    expect(jsonSlices(body, ['0'])[0]).toEqual(body.subarray(1, -1));
  });

  it('does not go down what is nested deeply', () => {
    const depth = 200_000;
    const body = Buffer.from(`[${'['.repeat(depth)}${']'.repeat(depth)},7]`);
    expect(jsonSlices(body, ['1'])[0]?.toString()).toBe('7');
  });

  it.each(['', '{', '[', '{"a', '{"a":', '[1,', '"\\', '}', '[{"a":1]', '{"a"1}', '{1:2}', ':'])(
    'comes to an end on %j, which is not JSON',
    (text) => {
      expect(() => jsonSlices(Buffer.from(text), ['a', '0', 'a.b'])).not.toThrow();
    },
  );

  it('F-10 passes over a key with malformed escapes', () => {
    const body = Buffer.from('{"\\q":{"a":1},"\\u12":2,"a":3}');
    expect(jsonSlices(body, ['a'])[0]?.toString()).toBe('3');
  });

  it('F-10 comes to an end on any bytes, without an error', () => {
    const part = fc.constantFrom(...'{}[]:,"\\ a0un', '"a":', '\\u00', '\ufeff', '\n');
    const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (some) => {
        const counts = ['', '{', '[', '{"a":{'].map(
          (start) => jsonSlices(Buffer.from(start + some), ['a', 'a.b', '0', 'a.0.b']).length,
        );
        expect(counts).toEqual([4, 4, 4, 4]);
      }),
      { numRuns: 5_000 },
    );
  });
});
