import { ConfigurationError } from '../errors/configuration.error.js';
import { Sealer } from './sealer.js';

const OPTION = 'sealWith';
const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;
const CURE =
  'Make one with `openssl rand -base64 32`, and keep it where the application keeps its secrets.';

/** Of 32 random bytes, nearly all differ. */
const FEWEST_DISTINCT = 16;

/**
 * @param given the host's `sealWith`
 * @throws {ConfigurationError} that names the key by its place, never its value
 * @internal
 */
export function resolveSealWith(given: unknown): Sealer {
  if (given === undefined) return new Sealer([]);
  if (!Array.isArray(given)) {
    throw ConfigurationError.invalidOption(
      OPTION,
      'an array of keys',
      given,
      'The first one seals, and all of them open: sealWith: [process.env.HOOKLINE_KEY].',
    );
  }
  // Spread, so that a hole counts as the missing key that it is.
  const keys = [...(given as unknown[])].map((key, index) => keyOf(key, `${OPTION}[${index}]`));
  const twice = keys.findIndex((key, index) => keys.slice(0, index).some((one) => one.equals(key)));
  if (twice !== -1) {
    throw ConfigurationError.because(
      `${OPTION}[${twice}]`,
      `\`${OPTION}[${twice}]\` repeats an earlier key.`,
      'Leave one of them out.',
    );
  }
  return new Sealer(keys);
}

function keyOf(given: unknown, option: string): Buffer {
  const key = typeof given === 'string' ? decoded(given) : undefined;
  if (key?.length !== KEY_BYTES) {
    const expected = `a key of ${KEY_BYTES} random bytes, in base64 or hexadecimal`;
    throw ConfigurationError.invalidOption(option, expected, given, CURE);
  }
  if (new Set(key).size < FEWEST_DISTINCT || key.every(isPrintable)) {
    throw ConfigurationError.because(
      option,
      `\`${option}\` is not random: it could be guessed.`,
      CURE,
    );
  }
  return key;
}

function decoded(text: string): Buffer | undefined {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** A password in base64 is still a password. */
function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
