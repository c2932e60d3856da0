import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';

/** The algorithms that senders sign with, by what Node.js calls their keys. */
export type PublicKeyType = 'ed25519' | 'ec' | 'rsa';

/** What stands before the 32 bytes of an ed25519 key in SubjectPublicKeyInfo. */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const HEX_KEY = /^[0-9a-f]{64}$/i;
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{4}|[\w+/-]{3}=?|[\w+/-]{2}(?:==)?)$/;

/**
 * Reads a sender's public key: PEM; base64 of SubjectPublicKeyInfo; or, for ed25519, its 32 bytes in
 * hexadecimal or base64.
 *
 * @param option name of the option that has it
 * @param given what the host set
 * @param type of the key; another one is refused, so that a key cannot choose the algorithm
 * @param label text before the key that is left out once, such as `whpk_`
 * @throws {ConfigurationError} for what is no such key
 * @internal
 */
export function parsePublicKey(
  option: string,
  given: string | undefined,
  type: PublicKeyType,
  label = '',
): KeyObject {
  const key = typeof given === 'string' ? readKey(given.trim(), type, label) : undefined;
  if (key?.asymmetricKeyType === type) return key;
  const problem = {
    expected: `an ${type} public key: PEM, base64 SPKI${type === 'ed25519' ? ', or 32 bytes in hexadecimal or base64' : ''}`,
    cure: 'Set it to the key that the sender shows (an unset environment variable is the usual cause).',
  };
  throw key === undefined
    ? ConfigurationError.invalidOption(option, problem.expected, given, problem.cure)
    : ConfigurationError.because(
        option,
        `Expected \`${option}\` to be ${problem.expected}, got a key of another kind.`,
        problem.cure,
      );
}

function readKey(text: string, type: PublicKeyType, label: string): KeyObject | undefined {
  // A private key would give its public one; what should be secret must not be taken in silence.
  if (text.startsWith('-----BEGIN')) {
    return text.startsWith('-----BEGIN PUBLIC KEY-----') ? tryKey({ key: text }) : undefined;
  }
  const bare = text.startsWith(label) ? text.slice(label.length) : text;
  const bytes = HEX_KEY.test(bare)
    ? Buffer.from(bare, 'hex')
    : BASE64.test(bare)
      ? Buffer.from(bare, 'base64')
      : Buffer.alloc(0);
  const raw = type === 'ed25519' && bytes.length === 32;
  const key = raw ? Buffer.concat([ED25519_PREFIX, bytes]) : bytes;
  return tryKey({ key, format: 'der', type: 'spki' });
}

function tryKey(input: Parameters<typeof createPublicKey>[0]): KeyObject | undefined {
  try {
    return createPublicKey(input);
  } catch {
    // The error of OpenSSL says nothing that helps, and may quote the key.
    return undefined;
  }
}
