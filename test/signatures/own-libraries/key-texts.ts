import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** Two private keys, as base64 of PKCS #8. */
export function keyTexts(type: 'ed25519' | 'ec' | 'rsa'): readonly [string, string] {
  const text = (): string => {
    const { privateKey: key } =
      type === 'ed25519'
        ? generateKeyPairSync(type)
        : type === 'ec'
          ? generateKeyPairSync(type, { namedCurve: 'P-256' })
          : generateKeyPairSync(type, { modulusLength: 2_048 });
    return key.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  };
  return [text(), text()];
}

export function privateKey(text: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
}

export function publicKey(text: string): KeyObject {
  return createPublicKey(privateKey(text));
}

/** The public key as SubjectPublicKeyInfo. */
export function publicDer(text: string): Buffer {
  return publicKey(text).export({ format: 'der', type: 'spki' });
}
