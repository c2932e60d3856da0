import fc from 'fast-check';
import { formOutline, outlineFields } from './form-outline.js';

const LIMITS = { longest: 1_048_576 };

describe('formOutline', () => {
  it('F-10 reads the fields that URLSearchParams reads', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.constantFrom(
        'a'.repeat(300),
        '%',
        '%4',
        '%41',
        '%zz',
        '%C3%A9',
        '%ff',
        '+',
        '&',
        '=',
        '%0A',
        '__proto__',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        fc.pre(text.isWellFormed() && !text.startsWith('?'));
        const expected = new Map<string, string[]>();
        for (const [name, value] of new URLSearchParams(text)) {
          expected.set(name, [...(expected.get(name) ?? []), value]);
        }
        const outline = formOutline(Buffer.from(text, 'utf8'), LIMITS);
        const hasLongName = text
          .split('&')
          .some((field) => Buffer.byteLength(field.split('=', 1)[0] ?? '') > 1_024);
        if (hasLongName || /%(?![\da-f]{2})/i.test(text)) return outline === undefined;
        const read = Object.entries(outline ?? {}).map(
          ([name, value]) => [name, Array.isArray(value) ? value : [value]] as const,
        );
        expect(new Map(read)).toEqual(expected);
        return true;
      }),
      { numRuns: 1_000 },
    );
  });

  it('F-10 reads no form that is too long or has too many fields', () => {
    const form = Buffer.from('a=12');
    expect(formOutline(form, { longest: 3 })).toBeUndefined();
    expect(formOutline(form, { longest: 4 })).toEqual(Object.assign(emptyForm(), { a: '12' }));
    expect(formOutline(Buffer.from('a&'.repeat(256)), LIMITS)).toBeDefined();
    expect(formOutline(Buffer.from('a&'.repeat(257)), LIMITS)).toBeUndefined();
    expect(formOutline(Buffer.from('&'.repeat(257)), LIMITS)).toBeUndefined();
    expect(formOutline(Buffer.from('a&a'), { ...LIMITS, mostFields: 1 })).toBeUndefined();
    expect(formOutline(Buffer.from('a'.repeat(1_025)), LIMITS)).toBeUndefined();
  });

  it('F-10 reads no other fields than those that are asked for, and none that are too long', () => {
    const form = Buffer.from(`a=1&b=2&a=${'3'.repeat(10)}&${'a'.repeat(2_000)}=4&a`);
    const limits = { ...LIMITS, names: ['a'], longestField: 11 };
    expect(outlineFields(form, limits)?.map(({ value }) => value.toString())).toEqual(['1', '']);
  });
});

function emptyForm(): object {
  return Object.create(null) as object;
}
