import { ConfigurationError } from '../../errors/configuration.error.js';
import { choice } from '../parts/choice.js';
import type { SignedRequest } from '../signature-scheme.js';

/** One secret, or several of which any may match. */
type Secrets = string | readonly (string | undefined)[];

/**
 * The secret that a source signs with: one; several, while they are rotated (any of them may match, the first
 * signs); or a function of the request, for a secret per tenant. The function runs before anything is
 * verified: choose by the URL or a header, never by the body. The type allows `undefined` so that
 * `process.env.X` fits; it is refused when the application starts.
 *
 * @publicApi
 */
export type Secret =
  | Secrets
  | ((request: SignedRequest) => Secrets | undefined | null | Promise<Secrets | undefined | null>)
  | undefined;

/**
 * How the text of a secret is decoded to the bytes of the key.
 *
 * @publicApi
 */
export interface KeyDecoding {
  /** `utf8`: the text itself. `base64` also accepts base64url. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64' | 'hex';
  /** Text before the key that is removed once, such as `whsec_`. */
  readonly label?: string;
}

/** Whose keys they are, for messages. */
export interface KeyOwner {
  /** Name of the scheme, such as `stripe`. */
  readonly scheme: string;
  /** The option that holds them. @default 'secret' */
  readonly option?: string;
}

/** How many decoded keys of a function's secrets are remembered: there may be many tenants. */
const MAX_REMEMBERED = 1_000;

/** Only lengths that an encoder writes: a decoder would drop the rest. */
const SYNTAX = {
  utf8: /\S/,
  base64: /^(?:[\w+/-]{4})*(?:[\w+/-]{4}|[\w+/-]{3}=?|[\w+/-]{2}(?:==)?)$/,
  hex: /^(?:[0-9a-f]{2})+$/i,
};

/**
 * The keys of a source, decoded once. The fields are private at run time too, so that logging or serialising a
 * scheme does not show them.
 *
 * @internal
 */
export class Keys {
  readonly #secret: Secret;
  readonly #constant: readonly Buffer[] | undefined;
  readonly #remembered = new Map<string, Buffer>();
  readonly #encoding: 'utf8' | 'base64' | 'hex';
  readonly #label: string;
  readonly #owner: KeyOwner;

  /**
   * @param owner whose keys they are, for messages
   * @throws {ConfigurationError} for a constant secret that is missing, is blank or cannot be decoded
   */
  constructor(secret: Secret, { encoding = 'utf8', label = '' }: KeyDecoding, owner: KeyOwner) {
    this.#owner = owner;
    this.#encoding = choice('key.encoding', encoding, ['utf8', 'base64', 'hex']);
    this.#label = label;
    this.#secret = secret;
    this.#constant = typeof secret === 'function' ? undefined : this.#decodeConstant(secret);
  }

  /** The keys, if they are constant. */
  get constant(): readonly Buffer[] | undefined {
    return this.#constant;
  }

  /**
   * Finds the keys for a request.
   *
   * @returns no promise if they are constant; `undefined` if there are none, so that nothing can be verified
   */
  find(request: SignedRequest): readonly Buffer[] | Promise<readonly Buffer[] | undefined> {
    return this.#constant ?? this.#lookUp(request);
  }

  /**
   * The key that signs: the first.
   *
   * @throws {ConfigurationError} if it depends on a request
   */
  signingKey(): Buffer {
    const key = this.#constant?.[0];
    if (key !== undefined) return key;
    throw ConfigurationError.because(
      'secret',
      'A scheme whose secret depends on the request cannot sign.',
      'Create one with a constant secret for signing.',
    );
  }

  async #lookUp(request: SignedRequest): Promise<readonly Buffer[] | undefined> {
    if (typeof this.#secret !== 'function') return undefined;
    try {
      const secrets = listOf(await this.#secret(request));
      if (secrets.length === 0) return undefined;
      const keys = secrets.map((secret) => this.#decodeRemembered(secret));
      return keys.every((key) => key !== undefined) ? keys : undefined;
    } catch {
      // The error of the host's function may show the secret, or where it is kept.
      return undefined;
    }
  }

  #decodeConstant(secret: Secrets | undefined): readonly Buffer[] {
    const secrets = listOf(secret);
    const { option = 'secret' } = this.#owner;
    if (secrets.length === 0) throw this.#unusable(option, secret);
    return secrets.map((text, index) => {
      const key = this.#decode(text);
      if (key !== undefined) return key;
      throw this.#unusable(Array.isArray(secret) ? `${option}[${index}]` : option, text);
    });
  }

  #unusable(option: string, given: unknown): ConfigurationError {
    return ConfigurationError.because(
      option,
      `Expected \`${option}\` of ${this.#owner.scheme}() to be a non-blank text${this.#describe()}, or several, got ${this.#kindOf(given)}.`,
      'Set it (an unset environment variable is the usual cause), or use unsigned() to accept everybody.',
    );
  }

  /** Describes a secret without showing any of it. */
  #kindOf(given: unknown): string {
    if (given === null || given === undefined) return String(given);
    if (Array.isArray(given)) return 'an empty array';
    if (typeof given !== 'string') return `a ${typeof given}`;
    if (given === '') return 'an empty text';
    if (given.trim() === '') return 'a blank text';
    if (given !== given.trim()) return 'a text with blanks or a line feed at its ends';
    return `a text that is not ${this.#encoding}`;
  }

  #describe(): string {
    const forms = [
      ...(this.#encoding === 'utf8' ? [] : [this.#encoding]),
      ...(this.#label === '' ? [] : [`with or without '${this.#label}' before it`]),
    ];
    return forms.length === 0 ? '' : ` (${forms.join(', ')})`;
  }

  #decodeRemembered(text: unknown): Buffer | undefined {
    if (typeof text !== 'string') return undefined;
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const key = this.#decode(text);
    if (key === undefined) return undefined;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, key);
    return key;
  }

  /** `undefined` for an unusable secret. */
  #decode(secret: unknown): Buffer | undefined {
    if (typeof secret !== 'string') return undefined;
    const text = secret.startsWith(this.#label) ? secret.slice(this.#label.length) : secret;
    return SYNTAX[this.#encoding].test(text) ? Buffer.from(text, this.#encoding) : undefined;
  }
}

/** Copied, so that a hole in an array becomes a missing secret. */
function listOf(secrets: unknown): readonly unknown[] {
  if (Array.isArray(secrets)) return [...(secrets as unknown[])];
  return secrets === undefined || secrets === null ? [] : [secrets];
}
