import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { parsePublicKey, type PublicKeyType } from './public-key.js';

/**
 * The public key that a sender's signatures are checked with; or several, while keys are rotated: any
 * match counts. `undefined` is in the type so that `process.env.X` fits, and is refused when the
 * application starts.
 *
 * @publicApi
 */
export type PublicKey = string | readonly (string | undefined)[] | undefined;

/** How a sender's keys are used. */
export interface PublicKeysOptions {
  readonly publicKey: PublicKey;
  /** For a scheme that signs as well. */
  readonly privateKey?: string | undefined;
  readonly algorithm: PublicKeyType;
  /** The hash that is signed; ed25519 has its own. */
  readonly hash: 'sha1' | 'sha256' | null;
  /** Text before a public key that is left out once. @default '' */
  readonly label?: string;
  /** Text before a private key that is left out once. @default '' */
  readonly privateLabel?: string;
}

/** What stands before the 32 bytes of an ed25519 seed in PKCS #8. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const NIST_P256 = 'prime256v1';

/**
 * The public keys of a source, parsed once, and its private key where it has one.
 *
 * @internal
 */
export class PublicKeys {
  readonly #keys: readonly KeyObject[];
  readonly #privateKey: KeyObject | undefined;
  readonly #hash: 'sha1' | 'sha256' | null;

  /**
   * @throws {ConfigurationError} for a key that is missing, is no key, or is of another kind; where there
   * is a private key, the public one may be left out
   */
  constructor({
    publicKey,
    privateKey,
    algorithm,
    hash,
    label = '',
    privateLabel = '',
  }: PublicKeysOptions) {
    this.#hash = hash;
    this.#privateKey =
      privateKey === undefined ? undefined : parsePrivateKey(privateKey, algorithm, privateLabel);
    this.#keys =
      publicKey === undefined && this.#privateKey !== undefined
        ? [createPublicKey(this.#privateKey)]
        : listOf(publicKey).map(([option, given]) =>
            parsePublicKey(option, given, algorithm, label),
          );
    const keys = this.#privateKey === undefined ? this.#keys : [...this.#keys, this.#privateKey];
    if (algorithm === 'ec') for (const key of keys) assertP256(key);
  }

  /** Which key made the signature; -1 where none did. */
  find(content: Uint8Array, signature: Uint8Array): number {
    return this.#keys.findIndex((key) => verify(this.#hash, content, key, signature));
  }

  /** @throws {ConfigurationError} where there is no private key */
  sign(content: Uint8Array): Buffer {
    if (this.#privateKey !== undefined) return sign(this.#hash, content, this.#privateKey);
    throw ConfigurationError.because(
      'privateKey',
      'A scheme that has only the public key of a sender cannot sign.',
      'Set `privateKey` for signing.',
    );
  }
}

function listOf(given: PublicKey): readonly (readonly [string, string | undefined])[] {
  if (!Array.isArray(given) || given.length === 0) {
    return [['publicKey', given as string | undefined]];
  }
  // Spread, so that a hole in an array counts as the missing key that it is.
  return [...(given as (string | undefined)[])].map((key, index) => [`publicKey[${index}]`, key]);
}

function parsePrivateKey(given: unknown, type: PublicKeyType, label: string): KeyObject {
  const key = typeof given === 'string' ? tryPrivateKey(given.trim(), type, label) : undefined;
  if (key?.asymmetricKeyType === type) return key;
  throw ConfigurationError.because(
    'privateKey',
    `Expected \`privateKey\` to be an ${type} private key: PEM, or base64 PKCS #8${type === 'ed25519' ? ' or seed' : ''}.`,
    'Leave it out where nothing is to be signed.',
  );
}

function tryPrivateKey(text: string, type: PublicKeyType, label: string): KeyObject | undefined {
  try {
    if (text.startsWith('-----BEGIN')) return createPrivateKey(text);
    const bytes = Buffer.from(text.startsWith(label) ? text.slice(label.length) : text, 'base64');
    // A seed alone, or with its public key after it.
    const seed = type === 'ed25519' && (bytes.length === 32 || bytes.length === 64);
    const key = seed ? Buffer.concat([ED25519_PREFIX, bytes.subarray(0, 32)]) : bytes;
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } catch {
    // The error of OpenSSL may quote the key.
    return undefined;
  }
}

function assertP256(key: KeyObject): void {
  if (key.asymmetricKeyDetails?.namedCurve === NIST_P256) return;
  throw ConfigurationError.because(
    'publicKey',
    'The key is on another curve than NIST P-256.',
    'Set it to the key that the sender shows.',
  );
}
