import fc from 'fast-check';
import { contentEventId, nthEventId, rowEventId, storableId } from './event-id.js';

describe(rowEventId, () => {
  const position = { key: '7', value: '2026-01-01T00:00:00.000001' };

  it('is key and cursor where each change has a cursor value of its own', () => {
    expect(rowEventId({ key: '7', value: '42' }, 'number', undefined)).toBe('7@42');
  });

  it('tells contents under one cursor value apart', () => {
    const one = rowEventId(position, 'date', { points: 1 });
    expect(one).toMatch(/^7@2026-01-01T00:00:00\.000001#[0-9a-f]{16}$/);
    expect(rowEventId(position, 'date', { points: 1 })).toBe(one);
    expect(rowEventId(position, 'date', { points: 2 })).not.toBe(one);
  });

  it('does not depend on the order of columns, nor on further columns that are empty', () => {
    expect(rowEventId(position, 'date', { b: null, c: 2, a: 1 })).toBe(
      rowEventId(position, 'date', { a: 1, c: 2 }),
    );
  });

  it('never gives two rows or cursor values one id', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, text, (keyA, valueA, keyB, valueB) => {
        fc.pre(keyA !== keyB || valueA !== valueB);
        const a = rowEventId({ key: keyA, value: valueA }, 'text', undefined);
        const b = rowEventId({ key: keyB, value: valueB }, 'text', undefined);
        expect(a).not.toBe(b);
      }),
    );
  });
});

describe(nthEventId, () => {
  it('numbers the events of a row from the second on', () => {
    expect([0, 1, 2].map((index) => nthEventId('7@42', index))).toEqual([
      '7@42',
      '7@42:2',
      '7@42:3',
    ]);
  });
});

describe(contentEventId, () => {
  it('tells types, instants and data apart', () => {
    const at = (ms: number) => ({ type: 'a', data: 0, occurredAt: new Date(ms) });
    const ids = [
      contentEventId({ type: 'a', data: 0 }, '0'),
      contentEventId({ type: 'b', data: 0 }, '0'),
      contentEventId({ type: 'a', data: 1 }, '1'),
      contentEventId(at(1), '0'),
      contentEventId(at(2), '0'),
    ];
    expect(new Set(ids).size).toBe(5);
  });
});

describe(storableId, () => {
  it('REQ-27 keeps 255 characters and digests 256', () => {
    expect(storableId('x'.repeat(255))).toBe('x'.repeat(255));
    expect(storableId('x'.repeat(256))).toMatch(/^[0-9a-f]{64}$/);
  });

  it('REQ-40 digests what a database may refuse', () => {
    for (const id of ['a\u0000', 'a\n', 'a\ud800'])
      expect(storableId(id)).toMatch(/^[0-9a-f]{64}$/);
  });
});
