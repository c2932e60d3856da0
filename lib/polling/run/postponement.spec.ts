import { RetryLater } from '../../retry/retry-later.js';
import { postponedMs, postponementOf } from './postponement.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const DAY_MS = 86_400_000;

describe(postponementOf, () => {
  const response = (status: number, headers: Record<string, string> = {}): Response =>
    new Response('', { status, headers });

  it.each([
    ['a response of fetch', response(429, { 'retry-after': '30' }), 30_000],
    ['a fraction of seconds', response(503, { 'retry-after': '1.5' }), 1_500],
    ['a date', response(503, { 'retry-after': 'Thu, 01 Jan 2026 12:05:00 GMT' }), 300_000],
    [
      'a date that has passed',
      response(503, { 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }),
      undefined,
    ],
    ['no header', response(429), undefined],
    ['junk', response(429, { 'retry-after': '-3' }), undefined],
    ['a date of no HTTP', response(503, { 'retry-after': '2026-01-02' }), undefined],
    ['a number', { status: 429, headers: { 'retry-after': 12 } }, 12_000],
    ['too long', response(429, { 'retry-after': '99999999999999999999' }), DAY_MS],
    ['an error of axios', { response: { status: 429, headers: { 'retry-after': '7' } } }, 7_000],
    ['an error of undici', { statusCode: 429, headers: { 'retry-after': ['8'] } }, 8_000],
    ['its cause', new Error('no', { cause: response(429, { 'retry-after': '9' }) }), 9_000],
    ['a RetryLater', new RetryLater(5_000, 'busy'), 5_000],
  ])('F-23 REQ-84 understands %s', (_, error, delayMs) => {
    expect(postponementOf(error, NOW)).toMatchObject({ delayMs });
  });

  it.each([
    ['another status', response(500)],
    ['an error', new Error('429')],
    ['nothing', undefined],
    [
      'what throws when it is read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('F-23 takes %s for a failure', (_, error) => {
    expect(postponementOf(error, NOW)).toBeUndefined();
  });
});

describe(postponedMs, () => {
  it('F-23 REQ-84 doubles the wait where the API does not say how long, up to an hour or so', () => {
    const waits = [0, 1, 2, 7, 8, 1_000].map((before) =>
      postponedMs({ delayMs: undefined, reason: '' }, before),
    );
    expect(waits).toEqual([30_000, 60_000, 120_000, 3_840_000, 3_840_000, 3_840_000]);
  });
});
