import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const DAY_MS = 86_400_000;

describe(retryAfterMs.name, () => {
  it.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['1.5', 1_500],
    ['86401', DAY_MS],
    ['9'.repeat(20), DAY_MS],
    ['9'.repeat(400), DAY_MS],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Fri, 01 Jan 2027 00:00:00 GMT', DAY_MS],
  ])('REQ-61 reads %s', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });

  it.each([
    '',
    '0',
    '-3',
    '+3',
    '1e3',
    '0x10',
    'soon',
    'Wed, 31 Dec 2025 23:59:59 GMT',
    'Thu, 99 Foo GMT',
  ])('REQ-61 takes %j as no wish at all', (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined();
  });

  it('takes the first of several, and none for none', () => {
    expect(retryAfterMs(['3', '7'], NOW)).toBe(3_000);
    expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  });
});
