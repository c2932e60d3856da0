import { ConfigurationError } from '../../errors/configuration.error.js';
import { choice } from '../parts/choice.js';
import type { SignedRequest } from '../signature-scheme.js';

/** One secret, or several of which any may match. */
type Secrets = string | readonly (string | undefined)[];

/**
 * The secret that a source signs with: one; several, while they are rotated (any match counts, the
 * first one signs); or a function of the request, for a secret per tenant. The function runs before
 * anything is verified: choose by the URL or a header, not by what the body says. `undefined` is in the
 * type so that `process.env.X` fits, and is refused when the application starts.
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

/** Whose keys they are. */
export interface KeyOwner {
  /** Name of the scheme, such as `stripe`. */
  readonly scheme: string;
  /** The option that they are given by. @default 'secret' */
  readonly option?: string;
}

/** Keys that a function's secrets were decoded to are remembered; tenants are many, so not all. */
const MAX_REMEMBERED = 1_000;

/** Of no other length than an encoder gives: a decoder would drop what is left over. */
const SYNTAX = {
  utf8: /\S/,
  base64: /^(?:[\w+/-]{4})*(?:[\w+/-]{4}|[\w+/-]{3}=?|[\w+/-]{2}(?:==)?)$/,
  hex: /^(?:[0-9a-f]{2})+$/i,
};

/**
 * The keys of a source, decoded once. Their fields are private at run time too, so that a scheme that
 * is logged or serialised does not show them.
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
   * @param owner whose they are, for messages
   * @throws {ConfigurationError} for a constant secret that is missing, blank or cannot be decoded
   */
  constructor(secret: Secret, { encoding = 'utf8', label = '' }: KeyDecoding, owner: KeyOwner) {
    this.#owner = owner;
    this.#encoding = choice('key.encoding', encoding, ['utf8', 'base64', 'hex']);
    this.#label = label;
    this.#secret = secret;
    this.#constant = typeof secret === 'function' ? undefined : this.#decodeConstant(secret);
  }

  /** The keys, where they are constant. */
  get constant(): readonly Buffer[] | undefined {
    return this.#constant;
  }

  /**
   * Finds the keys for a request.
   *
   * @returns at once where they are constant; `undefined` where there are none: then nothing can be verified
   */
  find(request: SignedRequest): readonly Buffer[] | Promise<readonly Buffer[] | undefined> {
    return this.#constant ?? this.#lookUp(request);
  }

  /**
   * The key that signs: the first.
   *
   * @throws {ConfigurationError} where it depends on a request
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
      // What the host's function threw may name the secret's place, or the secret.
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

  /** Says what is wrong with a secret, and shows nothing of it. */
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

  /** `undefined` for what is not a usable secret. */
  #decode(secret: unknown): Buffer | undefined {
    if (typeof secret !== 'string') return undefined;
    const text = secret.startsWith(this.#label) ? secret.slice(this.#label.length) : secret;
    return SYNTAX[this.#encoding].test(text) ? Buffer.from(text, this.#encoding) : undefined;
  }
}

/** Spread, so that a hole in an array counts as the missing secret that it is. */
function listOf(secrets: unknown): readonly unknown[] {
  if (Array.isArray(secrets)) return [...(secrets as unknown[])];
  return secrets === undefined || secrets === null ? [] : [secrets];
}
