import { createPublicKey } from 'node:crypto';

const PRIVATE_KEY = /^-----BEGIN [A-Z ]*PRIVATE KEY-----|^whsk_/;

/**
 * Whether a secret is a private key: PEM, or one of Standard Webhooks.
 *
 * @internal
 */
export function isPrivateKey(secret: string): boolean {
  return PRIVATE_KEY.test(secret.trimStart());
}

/**
 * The key options of a scheme: a private key signs and verifies, a public key only verifies.
 *
 * @internal
 */
export function keyOptions(secret: string): {
  readonly publicKey: string | undefined;
  readonly privateKey?: string;
} {
  return isPrivateKey(secret)
    ? { publicKey: undefined, privateKey: secret }
    : { publicKey: secret };
}

/**
 * The public half of a private key, as PEM.
 *
 * @internal
 */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString();
}
