import { parseAddress, parseAddresses } from './email-address.js';

describe(parseAddress.name, () => {
  it.each([
    ['jane@example.com', { name: '', address: 'jane@example.com' }],
    [' jane+x@sub.example.com ', { name: '', address: 'jane+x@sub.example.com' }],
    ['Jane Doe <jane@example.com>', { name: 'Jane Doe', address: 'jane@example.com' }],
    ['"Doe, Jane" <jane@example.com>', { name: 'Doe, Jane', address: 'jane@example.com' }],
    ['<jane@example.com>', { name: '', address: 'jane@example.com' }],
    ['jürgen@bücher.example', { name: '', address: 'jürgen@bücher.example' }],
    [
      { name: 'Doe, "J"', address: 'jane@example.com' },
      { name: 'Doe, "J"', address: 'jane@example.com' },
    ],
  ])('reads %j', (given, parsed) => {
    expect(parseAddress(given)).toEqual(parsed);
  });

  it.each([
    '',
    'jane',
    'jane@',
    '@example.com',
    'a@example.com, b@example.com',
    'a@example.com;b@example.com',
    'a@example.com b@example.com',
    'a@example.com, Jane <b@example.com>',
    'Jane <a@example.com> <b@example.com>',
    'a@example.com\r\nBcc: b@example.com',
    'Jane\r\nBcc: x <a@example.com>',
    'a@b@example.com',
    'Jane jane@example.com>',
    `${'a'.repeat(65)}@example.com`,
    { name: 'Jane\n', address: 'jane@example.com' },
    { name: 'Jane', address: 'a@example.com,b@example.com' },
  ])('refuses %j, which is not one address', (given) => {
    expect(parseAddress(given)).toBeUndefined();
  });
});

describe(parseAddresses.name, () => {
  it('takes one, several or none', () => {
    expect(parseAddresses(undefined)).toEqual([]);
    expect(parseAddresses('a@example.com')).toHaveLength(1);
    expect(parseAddresses(['a@example.com', { name: 'B', address: 'b@example.com' }])).toHaveLength(
      2,
    );
  });
});
