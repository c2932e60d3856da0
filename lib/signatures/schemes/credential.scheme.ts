import { ConfigurationError } from '../../errors/configuration.error.js';
import { choice } from '../parts/choice.js';
import { areSameBytes } from '../parts/constant-time.js';
import type { EventFactOptions } from '../facts/event-fact.js';
import { EventFactReader } from '../facts/event-fact.reader.js';
import { Handshake, type HandshakeOptions } from '../handshake/handshake.js';
import { headerName } from '../parts/header-name.js';
import { Keys, type Secret } from '../keys/secrets.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';

/**
 * How a sender shows a credential.
 *
 * @publicApi
 */
export interface CredentialOptions extends EventFactOptions {
  /** Name for logs. @default 'credential' */
  readonly name?: string;
  /** The credential; with `encoding: 'base64'`, what is encoded, such as `user:password`. */
  readonly secret: Secret;
  /** Name of the header, in any case. @default 'authorization' */
  readonly header?: string;
  /** Text before the credential, such as `Bearer ` or `Basic `. @default '' */
  readonly prefix?: string;
  /** How it is written: as it is, or in `base64`. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64';
  /** Answers to requests by which the sender checks the URL. @default none */
  readonly handshake?: HandshakeOptions;
}

/**
 * A sender that shows a fixed credential in a header and signs nothing: GitLab's secret token, Basic
 * authentication, Telegram. **Who has seen one request can send any**, so use it over TLS alone, and
 * keep that header out of the logs of proxies.
 *
 * A header that comes twice is refused, but for `Authorization`, of which Node.js keeps the first.
 *
 * @param options which header, and what it has to be
 * @throws {ConfigurationError} for a missing or blank secret, or one that no header can hold
 * @example
 * ```ts
 * credential({ secret: process.env.GITLAB_TOKEN, header: 'x-gitlab-token' })
 * ```
 * @publicApi
 */
export function credential(options: CredentialOptions): SigningScheme {
  return new CredentialScheme(options);
}

/** Longest header that is looked at. */
const MAX_LENGTH = 4_096;

/** What can stand in a header and comes out as it went in. */
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

class CredentialScheme implements SigningScheme {
  readonly name: string;
  readonly handshakeMethods?: readonly string[];
  readonly handshake?: NonNullable<SignatureScheme['handshake']>;
  private readonly header: string;
  private readonly prefix: string;
  private readonly encoding: 'utf8' | 'base64';
  private readonly keys: Keys;
  private readonly facts: EventFactReader;

  constructor({ secret, ...options }: CredentialOptions) {
    this.name = options.name ?? 'credential';
    this.header = headerName('header', options.header ?? 'authorization');
    this.prefix = options.prefix ?? '';
    this.encoding = choice('encoding', options.encoding ?? 'utf8', ['utf8', 'base64']);
    this.keys = new Keys(secret, {}, { scheme: this.name });
    this.facts = new EventFactReader(options);
    if (this.keys.constant?.some((key) => !SENDABLE.test(this.write(key))) === true) {
      throw ConfigurationError.because(
        'secret',
        'The credential holds characters that no header can hold, or blanks at its ends.',
        'Use visible ASCII characters (a line feed at the end of a file is a usual cause).',
      );
    }
    if (options.handshake !== undefined) {
      const handshake = new Handshake(options.handshake, (request, context) =>
        this.verify(request, context),
      );
      this.handshakeMethods = handshake.methods;
      this.handshake = (request, context) => handshake.answer(request, context);
    }
  }

  verify(request: SignedRequest, _context: VerifyContext): Verification | Promise<Verification> {
    const given = request.headers[this.header];
    if (given === undefined || (typeof given === 'string' && given.trim() === '')) {
      return { ok: false, reason: 'missing-signature' };
    }
    if (typeof given !== 'string' || given.length > MAX_LENGTH || !given.startsWith(this.prefix)) {
      return { ok: false, reason: 'malformed-signature' };
    }
    const { constant } = this.keys;
    return constant === undefined
      ? this.lookUpAndJudge(request, given)
      : this.judge(request, given, constant);
  }

  sign({ body }: SignInput): SignedMessage {
    const key = this.keys.constant?.[0];
    if (key === undefined) {
      throw ConfigurationError.because(
        'secret',
        'A scheme whose secret depends on the request cannot sign.',
        'Create one with a constant secret for signing.',
      );
    }
    return {
      headers: { [this.header]: this.write(key) },
      body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
    };
  }

  private async lookUpAndJudge(request: SignedRequest, given: string): Promise<Verification> {
    const keys = await this.keys.for(request);
    return keys === undefined
      ? { ok: false, reason: 'key-unavailable' }
      : this.judge(request, given, keys);
  }

  private judge(request: SignedRequest, given: string, keys: readonly Buffer[]): Verification {
    // Node.js gives header values as latin1, one character a byte.
    const bytes = Buffer.from(given, 'latin1');
    const keyIndex = keys.findIndex((key) =>
      areSameBytes(bytes, Buffer.from(this.write(key), 'utf8')),
    );
    return keyIndex < 0
      ? { ok: false, reason: 'signature-mismatch' }
      : this.facts.verified(request, keyIndex);
  }

  private write(key: Buffer): string {
    return `${this.prefix}${key.toString(this.encoding)}`;
  }
}
