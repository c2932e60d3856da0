import { hasOutline, jsonOutline } from './json-outline.js';

const outline = (json: string, ...paths: string[]): unknown =>
  jsonOutline(Buffer.from(json, 'utf8'), paths);

describe('jsonOutline', () => {
  it('F-10 has the values at the paths, and nothing else', () => {
    const json = '\ufeff {"x":[[{}]],"a":{"b":"\\u00e9","c":1},"items":[{"d":null},{"d":2}]}';
    expect(outline(json, 'a.b', 'a.c', 'items.0.d', 'no.where')).toEqual({
      a: { b: 'é', c: 1 },
      items: [{ d: null }],
    });
  });

  it('F-10 takes the last of two keys, as JSON.parse does', () => {
    expect(outline('{"a":{"b":1},"a":{"b":2}}', 'a.b')).toEqual({ a: { b: 2 } });
    expect(outline('{"a":{"b":1},"a":{}}', 'a.b')).toEqual({});
  });

  it('F-10 does not read objects, arrays and long texts', () => {
    const json = `{"a":{"b":1},"c":[1],"d":"${'x'.repeat(16_384)}"}`;
    expect(outline(json, 'a', 'c', 'd')).toEqual({ a: {}, c: {}, d: {} });
  });

  it('F-10 finds nothing behind a thousand keys, and looks at no more', () => {
    const keys = (count: number): string => '"x":1,'.repeat(count);
    expect(outline(`{${keys(999)}"a":1}`, 'a')).toEqual({ a: 1 });
    expect(outline(`{${keys(1_000)}"a":1}`, 'a')).toEqual({});
    expect(outline(`{"a":1,${keys(1_000)}"b":1}`, 'a')).toEqual({});
  });

  it.each(['', 'a', '"a"', 'null', '[', '{', '{"a', '{"a":', '[1,', `${' '.repeat(64)}{"a":1}`])(
    'F-10 finds nothing in %j',
    (json) => {
      expect(outline(json, 'a')).toEqual({});
    },
  );

  it('F-10 is compared with what was parsed', () => {
    const paths = ['a.b', 'c'];
    const seen = outline('{"a":{"b":1}}', ...paths);
    expect(hasOutline({ a: { b: 1 }, d: 1 }, seen, paths)).toBe(true);
    expect(hasOutline({ a: { b: 1 }, c: 1 }, seen, paths)).toBe(false);
    expect(hasOutline(undefined, seen, paths)).toBe(false);
  });
});
