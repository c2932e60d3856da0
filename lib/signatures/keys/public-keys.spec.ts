import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { PublicKeys, type PublicKeyType } from './public-keys.js';

const ed25519 = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pairs = { ed25519, ec, rsa };

const CONTENT = Buffer.from('content');
const HASH = { ed25519: null, ec: 'sha256', rsa: 'sha256' } as const;

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const der = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const raw = der(ed25519.publicKey).subarray(-32);
const privatePem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();
const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });
const seed = pkcs8(ed25519.privateKey).subarray(-32);

const keys = (
  algorithm: PublicKeyType,
  publicKey: string | (string | undefined)[] | undefined,
  privateKey?: string,
): PublicKeys =>
  new PublicKeys({
    algorithm,
    hash: HASH[algorithm],
    publicKey,
    privateKey,
    label: 'whpk_',
    privateLabel: 'whsk_',
  });

const signatureOf = (type: PublicKeyType): Buffer =>
  sign(HASH[type], CONTENT, pairs[type].privateKey);

describe(PublicKeys.name, () => {
  it('F-10 tries a few of many signatures', () => {
    const wrong = Buffer.alloc(64);
    const right = signatureOf('ed25519');
    const other = pem(generateKeyPairSync('ed25519').publicKey);
    const two = keys('ed25519', [other, pem(ed25519.publicKey)]);
    expect(two.find(CONTENT, [right])).toBe(1);
    expect(two.find(CONTENT, [wrong, right])).toBe(1);
    expect(two.find(CONTENT, [wrong, wrong, right])).toBe(-1);
    expect(two.find(CONTENT, [])).toBe(-1);
  });

  it('REQ-16 tries the first signature by all keys, however many there are', () => {
    const others = Array.from({ length: 5 }, () => pem(generateKeyPairSync('ed25519').publicKey));
    const six = keys('ed25519', [...others, pem(ed25519.publicKey)]);
    expect(six.find(CONTENT, [signatureOf('ed25519')])).toBe(5);
    expect(six.find(CONTENT, [Buffer.alloc(64), signatureOf('ed25519')])).toBe(-1);
  });

  it.each<[string, PublicKeyType, string]>([
    ['PEM', 'ed25519', pem(ed25519.publicKey)],
    ['PEM', 'ec', `\n${pem(ec.publicKey)}\n`],
    ['PEM', 'rsa', pem(rsa.publicKey)],
    ['base64 SPKI', 'ec', der(ec.publicKey).toString('base64')],
    ['base64 SPKI', 'rsa', der(rsa.publicKey).toString('base64')],
    ['base64 SPKI', 'ed25519', der(ed25519.publicKey).toString('base64')],
    ['hexadecimal', 'ed25519', raw.toString('hex')],
    ['labelled base64', 'ed25519', `whpk_${raw.toString('base64')}`],
  ])('reads a public key in %s of type %s', (_, type, text) => {
    expect(keys(type, text).find(CONTENT, [signatureOf(type)])).toBe(0);
    expect(keys(type, text).find(Buffer.from('other'), [signatureOf(type)])).toBe(-1);
  });

  it.each<[string, PublicKeyType, string]>([
    ['PEM', 'ed25519', privatePem(ed25519.privateKey)],
    ['PEM of SEC 1', 'ec', privatePem(ec.privateKey, 'sec1')],
    ['PEM of PKCS #1', 'rsa', privatePem(rsa.privateKey, 'pkcs1')],
    ['base64 PKCS #8', 'ec', pkcs8(ec.privateKey).toString('base64')],
    ['base64 PKCS #8', 'rsa', pkcs8(rsa.privateKey).toString('base64')],
    ['labelled base64', 'ed25519', `whsk_${seed.toString('base64')}`],
    [
      'base64 with its public key after it',
      'ed25519',
      Buffer.concat([seed, raw]).toString('base64'),
    ],
    ['hexadecimal', 'ed25519', seed.toString('hex')],
  ])('reads a private key in %s of type %s, which has the public one in it', (_, type, text) => {
    const pair = keys(type, undefined, text);
    expect(pair.find(CONTENT, [pair.sign(CONTENT)])).toBe(0);
    expect(keys(type, pem(pairs[type].publicKey)).find(CONTENT, [pair.sign(CONTENT)])).toBe(0);
  });

  it('REQ-16 says which of several keys it was', () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    const both = keys('ed25519', [pem(other), raw.toString('hex')]);
    expect(both.find(CONTENT, [signatureOf('ed25519')])).toBe(1);
  });

  it.each<[PublicKeyType, string | undefined]>([
    ['ed25519', undefined],
    ['ed25519', ''],
    ['ed25519', 'nonsense'],
    ['ed25519', raw.toString('hex').slice(2)],
    ['ed25519', raw.subarray(1).toString('base64')],
    ['ed25519', Buffer.concat([raw, raw]).toString('base64')],
    ['ed25519', pem(ec.publicKey)],
    ['ec', raw.toString('hex')],
    ['ec', pem(rsa.publicKey)],
    ['ec', pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey)],
    ['rsa', der(ec.publicKey).toString('base64')],
    ['rsa', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('REQ-12 refuses for %s a key of another kind: %s', (type, text) => {
    expect(() => keys(type, text)).toThrow(ConfigurationError);
    expect(() => keys(type, text)).toThrow(/`publicKey`/);
  });

  it('names which of several keys is not one', () => {
    expect(() => keys('ed25519', [raw.toString('hex'), undefined])).toThrow(/`publicKey\[1\]`/);
    expect(() => keys('ed25519', [])).toThrow(/`publicKey`/);
  });

  it.each<[string, () => unknown]>([
    ['public', () => keys('rsa', privatePem(rsa.privateKey))],
    ['private', () => keys('ec', undefined, privatePem(rsa.privateKey))],
    ['private', () => keys('rsa', undefined, privatePem(rsa.privateKey).slice(0, -40))],
  ])('refuses a key that is not the %s one it should be, and does not show it', (_, parse) => {
    expect(parse).toThrow(ConfigurationError);
    expect(parse).not.toThrow(privatePem(rsa.privateKey).slice(30, 60));
  });

  it('cannot sign without a private key', () => {
    expect(() => keys('ed25519', raw.toString('hex')).sign(CONTENT)).toThrow(/`privateKey`/);
  });
});
