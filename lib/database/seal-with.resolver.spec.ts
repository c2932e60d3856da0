import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { resolveSealWith } from './seal-with.resolver.js';

const KEY = randomBytes(32);

describe(resolveSealWith.name, () => {
  it.each([undefined, []])('F-14 seals nothing for %j', (given) => {
    expect(resolveSealWith(given).isEnabled).toBe(false);
  });

  it.each([
    KEY.toString('base64'),
    KEY.toString('base64url'),
    KEY.toString('hex'),
    KEY.toString('hex').toUpperCase(),
  ])('F-14 takes a key in each form for the same', (text) => {
    const sealed = resolveSealWith([KEY.toString('hex')]).sealText('a', 'here');
    expect(resolveSealWith([text]).openText(sealed, 'here')).toBe('a');
  });

  it.each<[string, unknown, string]>([
    ['a text in place of a list', KEY.toString('hex'), 'sealWith'],
    ['an unset variable', [undefined], 'sealWith[0]'],
    ['a hole', Object.assign([], { length: 1 }), 'sealWith[0]'],
    ['an empty text', [''], 'sealWith[0]'],
    ['a number', [1], 'sealWith[0]'],
    ['a passphrase', ['correct horse battery staple'], 'sealWith[0]'],
    ['a key that is too short', [randomBytes(16).toString('base64')], 'sealWith[0]'],
    ['a key that is too long', [randomBytes(48).toString('base64')], 'sealWith[0]'],
    ['a line feed after the key', [`${KEY.toString('base64')}\n`], 'sealWith[0]'],
    ['a key of zeros', ['0'.repeat(64)], 'sealWith[0]'],
    [
      'a password in base64',
      [Buffer.from('a password of thirty-two letters').toString('base64')],
      'sealWith[0]',
    ],
    ['the second of two', [KEY.toString('hex'), 's3cret'], 'sealWith[1]'],
    ['the same key twice', [KEY.toString('hex'), KEY.toString('base64')], 'sealWith[1]'],
  ])('F-14 refuses %s by name, and shows nothing of it', (_, given, option) => {
    expect(() => resolveSealWith(given)).toThrow(expect.any(ConfigurationError) as Error);
    expect(() => resolveSealWith(given)).toThrow(expect.objectContaining({ option }) as Error);
    expect(() => resolveSealWith(given)).toThrow(
      expect.objectContaining({
        message: expect.not.stringMatching(/s3cret|horse|letters/),
      }) as Error,
    );
  });
});
