import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';

/**
 * The public key that checks a sender's signatures; or several, while keys are rotated: any of them may match.
 * The type allows `undefined` so that `process.env.X` fits; it is refused when the application starts.
 *
 * @publicApi
 */
export type PublicKey = string | readonly (string | undefined)[] | undefined;

/** The algorithms that senders sign with, by Node.js's names of their keys. */
export type PublicKeyType = 'ed25519' | 'ec' | 'rsa';

/** How a sender's keys are used. */
export interface PublicKeysOptions {
  /** Each: PEM; base64 of SubjectPublicKeyInfo; or, for ed25519, 32 bytes in hexadecimal or base64. */
  readonly publicKey: PublicKey;
  /** For a scheme that signs as well: PEM; base64 of PKCS #8; or, for ed25519, the seed as above. */
  readonly privateKey?: string | undefined;
  /** A key of another type is refused: no key may choose the algorithm. */
  readonly algorithm: PublicKeyType;
  /** The hash that is signed; `null` for ed25519, which has its own. */
  readonly hash: 'sha1' | 'sha256' | null;
  /** Text before a public key that is removed once, such as `whpk_`. @default '' */
  readonly label?: string;
  /** Text before a private key that is removed once. @default '' */
  readonly privateLabel?: string;
}

/** Two signatures and two keys, while both sides change their keys. */
const MOST_TRIES = 4;

/**
 * The public keys of a source, parsed once, and its private key if it has one.
 *
 * @internal
 */
export class PublicKeys {
  readonly #keys: readonly KeyObject[];
  readonly #privateKey: KeyObject | undefined;
  readonly #hash: 'sha1' | 'sha256' | null;

  /**
   * @throws {ConfigurationError} for a key that is missing, cannot be parsed or is of another kind; with a
   * private key, the public one may be missing
   */
  constructor(options: PublicKeysOptions) {
    const { publicKey, privateKey, algorithm, hash, label = '', privateLabel = '' } = options;
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

  /**
   * Which key made one of the signatures; -1 if none did. Each try hashes the content, so only a few are
   * made: all keys try the first signature, and the next ones while tries are left.
   */
  find(content: Uint8Array, signatures: readonly Uint8Array[]): number {
    const mostTries = Math.max(MOST_TRIES, this.#keys.length);
    let tries = 0;
    for (const signature of signatures) {
      for (const [index, key] of this.#keys.entries()) {
        if (++tries > mostTries) return -1;
        if (verify(this.#hash, content, key, signature)) return index;
      }
    }
    return -1;
  }

  /** @throws {ConfigurationError} without a private key */
  sign(content: Uint8Array): Buffer {
    return sign(this.#hash, content, this.signingKey());
  }

  /** @throws {ConfigurationError} without a private key */
  signingKey(): KeyObject {
    if (this.#privateKey !== undefined) return this.#privateKey;
    throw ConfigurationError.because(
      'privateKey',
      'A scheme that has only the public key of a sender cannot sign.',
      'Set `privateKey` for signing.',
    );
  }
}

/** How one half of a key pair is written, besides hexadecimal and base64. */
interface KeyForm {
  /** How its PEM begins. Node.js would silently derive a public key from a private one. */
  readonly pem: RegExp;
  readonly create: (pem: string) => KeyObject;
  readonly createFromDer: (der: Buffer) => KeyObject;
  /** The bytes before the 32 of an ed25519 key in DER. */
  readonly ed25519Prefix: Buffer;
  /** Lengths of an ed25519 key that is not in DER; the first 32 bytes are the key. */
  readonly ed25519Lengths: readonly number[];
}

const PUBLIC: KeyForm = {
  pem: /^-----BEGIN PUBLIC KEY-----/,
  create: createPublicKey,
  createFromDer: (key) => createPublicKey({ key, format: 'der', type: 'spki' }),
  ed25519Prefix: Buffer.from('302a300506032b6570032100', 'hex'),
  ed25519Lengths: [32],
};

const PRIVATE: KeyForm = {
  pem: /^-----BEGIN (?:EC |RSA )?PRIVATE KEY-----/,
  create: createPrivateKey,
  createFromDer: (key) => createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
  ed25519Prefix: Buffer.from('302e020100300506032b657004220420', 'hex'),
  // Only a seed, or a seed with its public key after it.
  ed25519Lengths: [32, 64],
};

const NIST_P256 = 'prime256v1';
const HEX_KEY = /^(?:[0-9a-f]{64}){1,2}$/i;
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{4}|[\w+/-]{3}=?|[\w+/-]{2}(?:==)?)$/;

function parsePublicKey(
  option: string,
  given: string | undefined,
  type: PublicKeyType,
  label: string,
): KeyObject {
  const key = read(PUBLIC, given, type, label);
  if (key?.asymmetricKeyType === type) return key;
  const expected = `an ${type} public key: PEM, base64 SPKI${type === 'ed25519' ? ', or 32 bytes in hexadecimal or base64' : ''}`;
  const cure =
    'Set it to the key that the sender shows (an unset environment variable is the usual cause).';
  throw key === undefined
    ? ConfigurationError.invalidOption(option, expected, given, cure)
    : ConfigurationError.because(
        option,
        `Expected \`${option}\` to be ${expected}, got a key of another kind.`,
        cure,
      );
}

function parsePrivateKey(given: unknown, type: PublicKeyType, label: string): KeyObject {
  const key = read(PRIVATE, given, type, label);
  if (key?.asymmetricKeyType === type) return key;
  // The message does not describe the given text: it may be the key with a typing error.
  throw ConfigurationError.because(
    'privateKey',
    `Expected \`privateKey\` to be an ${type} private key: PEM, or base64 PKCS #8${type === 'ed25519' ? ' or seed' : ''}.`,
    'Leave it out where nothing has to be signed.',
  );
}

/** `undefined` for anything but a key. */
function read(
  form: KeyForm,
  given: unknown,
  type: PublicKeyType,
  label: string,
): KeyObject | undefined {
  if (typeof given !== 'string') return undefined;
  const text = given.trim();
  try {
    if (text.startsWith('-----BEGIN')) return form.pem.test(text) ? form.create(text) : undefined;
    const bytes = decode(text.startsWith(label) ? text.slice(label.length) : text);
    return form.createFromDer(
      type === 'ed25519' && form.ed25519Lengths.includes(bytes.length)
        ? Buffer.concat([form.ed25519Prefix, bytes.subarray(0, 32)])
        : bytes,
    );
  } catch {
    // OpenSSL's error does not help, and may quote the key.
    return undefined;
  }
}

function decode(text: string): Buffer {
  if (HEX_KEY.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

function listOf(given: PublicKey): readonly (readonly [string, string | undefined])[] {
  if (!Array.isArray(given) || given.length === 0) {
    return [['publicKey', given as string | undefined]];
  }
  // Copied, so that a hole in an array becomes a missing key.
  return [...(given as (string | undefined)[])].map((key, index) => [`publicKey[${index}]`, key]);
}

function assertP256(key: KeyObject): void {
  if (key.asymmetricKeyDetails?.namedCurve === NIST_P256) return;
  throw ConfigurationError.because(
    'publicKey',
    '`publicKey` is on another curve than NIST P-256.',
    'Set it to the key that the sender shows.',
  );
}
