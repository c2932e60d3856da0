import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { parsePublicKey, type PublicKeyType } from './public-key.js';

const ed25519 = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const der = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const raw = der(ed25519.publicKey).subarray(-32);

describe(parsePublicKey.name, () => {
  it.each<[string, PublicKeyType, string, KeyObject]>([
    ['PEM', 'ed25519', pem(ed25519.publicKey), ed25519.publicKey],
    ['PEM', 'ec', `\n${pem(ec.publicKey)}\n`, ec.publicKey],
    ['PEM', 'rsa', pem(rsa.publicKey), rsa.publicKey],
    ['base64 SPKI', 'ec', der(ec.publicKey).toString('base64'), ec.publicKey],
    ['base64 SPKI', 'rsa', der(rsa.publicKey).toString('base64'), rsa.publicKey],
    ['base64 SPKI', 'ed25519', der(ed25519.publicKey).toString('base64'), ed25519.publicKey],
    ['hexadecimal', 'ed25519', raw.toString('hex'), ed25519.publicKey],
    ['labelled base64', 'ed25519', `whpk_${raw.toString('base64')}`, ed25519.publicKey],
  ])('reads %s of type %s', (_, type, text, expected) => {
    expect(parsePublicKey('publicKey', text, type, 'whpk_').equals(expected)).toBe(true);
  });

  it.each<[PublicKeyType, string | undefined]>([
    ['ed25519', undefined],
    ['ed25519', ''],
    ['ed25519', 'nonsense'],
    ['ed25519', raw.toString('hex').slice(2)],
    ['ed25519', raw.subarray(1).toString('base64')],
    ['ed25519', pem(ec.publicKey)],
    ['ec', raw.toString('hex')],
    ['ec', pem(rsa.publicKey)],
    ['rsa', der(ec.publicKey).toString('base64')],
    ['rsa', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('REQ-12 refuses for %s what is no such key: %s', (type, text) => {
    expect(() => parsePublicKey('publicKey', text, type)).toThrow(ConfigurationError);
    expect(() => parsePublicKey('publicKey', text, type)).toThrow(/`publicKey`/);
  });

  it('refuses a private key, and does not show it', () => {
    const secret = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const parse = (): unknown => parsePublicKey('publicKey', secret, 'rsa');
    expect(parse).toThrow(ConfigurationError);
    expect(parse).not.toThrow(secret.slice(30, 60));
  });
});
