import fc from 'fast-check';
import { formOutline } from './form-outline.js';

const MIB = 1_048_576;

describe('formOutline', () => {
  it('F-10 reads the fields that URLSearchParams reads', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.constantFrom('%', '%4', '%41', '%zz', '%C3%A9', '%ff', '+', '&', '=', '%0A', '__proto__'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        fc.pre(text.isWellFormed() && !text.startsWith('?'));
        const expected = new Map<string, string[]>();
        for (const [name, value] of new URLSearchParams(text)) {
          expected.set(name, [...(expected.get(name) ?? []), value]);
        }
        const outline = formOutline(Buffer.from(text, 'utf8'), MIB) ?? {};
        const read = Object.entries(outline).map(
          ([name, value]) => [name, Array.isArray(value) ? value : [value]] as const,
        );
        expect(new Map(read)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('F-10 reads no form that is too long or has too many fields', () => {
    expect(formOutline(Buffer.from('a=12'), 3)).toBeUndefined();
    expect(formOutline(Buffer.from('a=12'), 4)).toEqual(Object.assign(emptyForm(), { a: '12' }));
    expect(formOutline(Buffer.from('a&'.repeat(1_000)), MIB)).toBeDefined();
    expect(formOutline(Buffer.from('a&'.repeat(1_001)), MIB)).toBeUndefined();
    expect(formOutline(Buffer.from('&'.repeat(1_001)), MIB)).toBeUndefined();
  });
});

function emptyForm(): object {
  return Object.create(null) as object;
}
