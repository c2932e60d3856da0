import { ConfigurationError } from '../errors/configuration.error.js';
import type { SignedRequest } from './signature-scheme.js';

/** One secret, or several of which any may match. */
type Secrets = string | readonly string[];

/**
 * The secret that a source signs with: one; several, while they are rotated (any match counts, the
 * first one signs); or a function of the request, for a secret per tenant. `undefined` is in the type
 * so that `process.env.X` fits, and is refused when the application starts.
 *
 * @publicApi
 */
export type Secret =
  | Secrets
  | ((request: SignedRequest) => Secrets | undefined | null | Promise<Secrets | undefined | null>)
  | undefined;

/**
 * How the text of a secret stands for the bytes of the key.
 *
 * @publicApi
 */
export interface KeyDecoding {
  /** `utf8`: the text itself. `base64` takes base64url as well. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64' | 'hex';
  /** Text before the key that is left out once, such as `whsec_`. */
  readonly label?: string;
}

/** Keys that a function's secrets were decoded to are remembered; tenants are many, so not all. */
const MAX_REMEMBERED = 1_000;

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const HEX = /^(?:[0-9a-f]{2})+$/i;

/**
 * The keys of a source, decoded once.
 *
 * @internal
 */
export class Keys {
  /** The keys, where they are constant. */
  readonly constant: readonly Buffer[] | undefined;
  private readonly remembered = new Map<string, Buffer>();

  /**
   * @throws {ConfigurationError} for a constant secret that is missing, blank or cannot be decoded
   */
  constructor(
    private readonly secret: Secret,
    private readonly decoding: KeyDecoding,
  ) {
    this.constant = typeof secret === 'function' ? undefined : this.decodeConstant(secret);
  }

  /** The keys for a request; `undefined` where there are none: then nothing can be verified. */
  async for(request: SignedRequest): Promise<readonly Buffer[] | undefined> {
    if (typeof this.secret !== 'function') return this.constant;
    try {
      const secrets = listOf(await this.secret(request));
      if (secrets.length === 0) return undefined;
      const keys = secrets.map((secret) => this.decodeRemembered(secret));
      return keys.every((key) => key !== undefined) ? keys : undefined;
    } catch {
      // What the host's function threw may name the secret's place, or the secret.
      return undefined;
    }
  }

  private decodeConstant(secret: Secrets | undefined): readonly Buffer[] {
    const secrets = listOf(secret);
    const expected = `a non-blank text${describe(this.decoding)}, or several`;
    const cure =
      'Set it (an unset environment variable is the usual cause), or use unsigned() to accept everybody.';
    if (secrets.length === 0)
      throw ConfigurationError.invalidOption('secret', expected, secret, cure);
    return secrets.map((text, index) => {
      const key = this.decode(text);
      if (key !== undefined) return key;
      const option = Array.isArray(secret) ? `secret[${index}]` : 'secret';
      throw ConfigurationError.invalidOption(option, expected, text, cure);
    });
  }

  private decodeRemembered(text: string): Buffer | undefined {
    const known = typeof text === 'string' ? this.remembered.get(text) : undefined;
    if (known !== undefined) return known;
    const key = this.decode(text);
    if (key === undefined) return undefined;
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(text, key);
    return key;
  }

  /** `undefined` for what is no usable secret. */
  private decode(secret: unknown): Buffer | undefined {
    if (typeof secret !== 'string' || secret.trim() === '') return undefined;
    const { encoding = 'utf8', label = '' } = this.decoding;
    if (encoding === 'utf8') return Buffer.from(secret, 'utf8');
    const text = secret.startsWith(label) ? secret.slice(label.length) : secret;
    if (!(encoding === 'hex' ? HEX : BASE64).test(text)) return undefined;
    const key = Buffer.from(text, encoding);
    return key.length > 0 ? key : undefined;
  }
}

function listOf(secrets: Secrets | undefined | null): readonly string[] {
  if (secrets === undefined || secrets === null) return [];
  return typeof secrets === 'string' ? [secrets] : secrets;
}

function describe({ encoding = 'utf8', label = '' }: KeyDecoding): string {
  if (encoding === 'utf8') return '';
  return ` (${encoding}${label === '' ? '' : `, with or without '${label}' before it`})`;
}
