import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

/** New random secrets in the forms of providers, and private keys in place of the providers' own; for tests. */
export const newSecret = {
  text: (): string => randomBytes(24).toString('base64url'),
  /** 64 characters. */
  text64: (): string => randomBytes(48).toString('base64url'),
  hex: (): string => randomBytes(32).toString('hex'),
  base64: (): string => randomBytes(24).toString('base64'),
  /** In the form of Standard Webhooks and Svix. */
  whsec: (): string => `whsec_${randomBytes(24).toString('base64')}`,
  /** For Basic authentication. */
  login: (): string => `hookline:${randomBytes(18).toString('base64url')}`,
  none: (): string => '',
  ed25519: (): string => pem(generateKeyPairSync('ed25519').privateKey),
  p256: (): string => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
  rsa: (): string => pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey),
} as const;

function pem(privateKey: KeyObject): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
