import { Discard } from '../retry/discard.js';
import { RetryLater } from '../retry/retry-later.js';
import { errorKey } from './error-key.js';

class HttpError extends Error {}

describe(errorKey.name, () => {
  const of = (message: string): string => errorKey('Billing.paid', new Error(message));

  it.each([
    ['numbers', 'user 123 has 5 points', 'user 7 has 150 points'],
    ['signs and fractions', 'balance -1.25 is too low', 'balance 3 is too low'],
    ['other digits', 'Zeile ٣', 'Zeile ٤٥'],
    ['times', 'at 2026-11-27T21:04:10.123Z', 'at 2025-01-02T03:04:05Z'],
    ['ports', 'connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 10.1.2.3:80'],
    [
      'UUIDs',
      'no order 0190a0a0-0000-7000-8000-000000000001',
      'no order ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB',
    ],
    ['hexadecimal', 'digest deadbeefcafe', 'digest 0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
    ['hexadecimal with a prefix', 'at 0x7f3a2b1c', 'at 0x1'],
    ['ids', 'No such customer: cus_9s6XKzkNRiz8i3', 'No such customer: cus_Na6dX7aXxi11N4'],
    ['ids after a hyphen', 'job-17 is stuck', 'job-4711 is stuck'],
    ['quoted parts', "Key 'a b' is missing", "Key '' is missing"],
    ['other quotes', 'no column "points"', 'no column “user name”'],
    ['quoted parts that contain quotes of another kind', '"it\'s" failed', '"else" failed'],
    [
      'queries',
      'GET https://api.example.com/v?token=abc failed',
      'GET https://api.example.com/v?x failed',
    ],
    ['fragments', 'see https://example.com/#one', 'see https://example.com/#two'],
    ['lists', 'missing rows 1, 2, 3', 'missing rows 4'],
  ])('takes messages for one that differ only in %s', (_, one, other) => {
    expect(of(one)).toBe(of(other));
  });

  it.each([
    ['words', 'user 1 is unknown', 'user 1 is blocked'],
    ['words with an apostrophe', "can't find user's row", "can't lock user's row"],
    ['paths of URLs', 'GET https://example.com/a?x failed', 'GET https://example.com/b?x failed'],
    ['hosts', 'getaddrinfo ENOTFOUND a.example', 'getaddrinfo ENOTFOUND b.example'],
    ['words that look like hexadecimal', 'the deed faded', 'the cafe faded'],
    ['whether there is a message', 'failed', ''],
  ])('tells messages apart that differ in %s', (_, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  it('tells handlers and classes of errors apart', () => {
    const keys = [
      errorKey('a', new Error('x')),
      errorKey('b', new Error('x')),
      errorKey('a', new TypeError('x')),
      errorKey('a', new HttpError('x')),
      errorKey('a', 'x'),
      errorKey('a', new Discard('x'), 'x'),
      errorKey('a', new RetryLater(1, 'x'), 'x'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['an object without a class', Object.create(null)],
    ['a class that is no function', { constructor: 'x' }],
    ['a revoked proxy', revoked.proxy],
    ['a symbol', Symbol('x')],
  ])('takes %s', (_, error) => {
    expect(errorKey('a', error)).toBe(errorKey('a', error));
  });

  it.each([
    ["'".repeat(100_000)],
    ['1,'.repeat(50_000)],
    ['a_'.repeat(50_000)],
    ['http://?'.repeat(20_000)],
  ])('takes long messages without end', (message) => {
    expect(of(message)).toMatch(/^[0-9a-f]{64}$/);
  });
});
