import fc from 'fast-check';
import { jsonTextBytes } from './json-text.js';

const bytesOf = (json: string): Buffer | undefined => jsonTextBytes(Buffer.from(json, 'utf8'));

describe('jsonTextBytes', () => {
  it('F-10 gives the bytes of what JSON.parse reads, however it is written', () => {
    const written = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text).slice(1, -1)),
          fc.constantFrom('\\/', '\\b', '\\u00e9', '\\u0041', '\\uD83D\\uDE00', '\\u4E2d', '"'),
        ),
      )
      .map((parts) => `"${parts.join('').replaceAll(/(?<!\\)"/g, '\\"')}"`);
    fc.assert(
      fc.property(written, (json) => {
        let text: string;
        try {
          text = JSON.parse(json) as string;
        } catch {
          return;
        }
        expect(bytesOf(json)?.toString('utf8')).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    'a',
    '"',
    '1',
    '{}',
    '',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12"',
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud800\\u0041"',
  ])('F-10 gives nothing for %s', (json) => {
    expect(bytesOf(json)).toBeUndefined();
  });

  it('F-10 gives nothing for bytes that are not UTF-8', () => {
    expect(jsonTextBytes(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });
});
