import { ConfigurationError } from '../../errors/configuration.error.js';
import type { EventFactOptions } from '../facts/event-fact.js';
import { EventFactReader } from '../facts/event-fact.reader.js';
import { handshakeMembers, type HandshakeOptions } from '../handshake/handshake.js';
import type { Secret } from '../keys/secrets.js';
import { bytesOf } from '../parts/bytes-of.js';
import { choice } from '../parts/choice.js';
import { areSameBytes } from '../parts/constant-time.js';
import { headerName } from '../parts/header-name.js';
import { headerText } from '../parts/header-text.js';
import { MALFORMED_SIGNATURE } from '../parts/refusals.js';
import type { Refused, SignatureScheme, SignedRequest, Verification } from '../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../signing.scheme.js';
import { SecretScheme } from './secret.scheme.js';
import type { Evidence } from './signed-request.scheme.js';

/**
 * How a sender shows a credential.
 *
 * @publicApi
 */
export interface CredentialOptions extends EventFactOptions {
  /** Name for logs. @default 'credential' */
  readonly name?: string;
  /** The credential; with `encoding: 'base64'`, the text before it is encoded, such as `user:password`. */
  readonly secret: Secret;
  /** Name of the header, in any case. @default 'authorization' */
  readonly header?: string;
  /** Text before the credential, such as `Bearer ` or `Basic `. @default '' */
  readonly prefix?: string;
  /** How the sender writes it: unchanged, or in `base64`. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64';
  /** Answers to requests by which the sender checks the URL. @default none */
  readonly handshake?: HandshakeOptions;
}

/**
 * A sender that shows a fixed credential in a header and signs nothing: GitLab's secret token, Basic
 * authentication, Telegram. **Who has seen one request can send any**, so use it only over TLS, and keep that
 * header out of the logs of proxies.
 *
 * A repeated header is refused, except `Authorization`, of which Node.js keeps the first.
 *
 * @param options which header, and its value
 * @throws {ConfigurationError} for a secret that is missing or blank, or that no header can hold
 * @example
 * ```ts
 * credential({ secret: process.env.GITLAB_TOKEN, header: 'x-gitlab-token' })
 * ```
 * @publicApi
 */
export function credential(options: CredentialOptions): SigningScheme {
  return new CredentialScheme(options);
}

/** Longest header that is read. */
const MAX_LENGTH = 4_096;

/** Values that HTTP clients and servers pass on unchanged. */
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

interface ShownCredential extends Evidence {
  readonly bytes: Buffer;
}

class CredentialScheme extends SecretScheme<ShownCredential> implements SigningScheme {
  readonly handshakeMethods?: readonly string[];
  readonly handshake?: NonNullable<SignatureScheme['handshake']>;
  private readonly header: string;
  private readonly prefix: string;
  private readonly encoding: 'utf8' | 'base64';
  private readonly facts: EventFactReader;

  constructor({ secret, ...options }: CredentialOptions) {
    super(options.name ?? 'credential', secret);
    this.header = headerName('header', options.header ?? 'authorization');
    this.prefix = options.prefix ?? '';
    this.encoding = choice('encoding', options.encoding ?? 'utf8', ['utf8', 'base64']);
    this.facts = new EventFactReader(options);
    if (this.keys.constant?.some((key) => !SENDABLE.test(this.write(key))) === true) {
      throw ConfigurationError.because(
        'secret',
        'The credential holds characters that no header can hold, or blanks at its ends.',
        'Use visible ASCII characters (a line feed at the end of a file is a usual cause).',
      );
    }
    Object.assign(
      this,
      handshakeMembers(options.handshake, (request, context) => this.verify(request, context)),
    );
  }

  sign({ body }: SignInput): SignedMessage {
    return {
      headers: { [this.header]: this.write(this.keys.signingKey()) },
      body: bytesOf(body),
    };
  }

  protected read({ headers }: SignedRequest): ShownCredential | Refused {
    const given = headerText(headers, this.header, MAX_LENGTH);
    if (!given.ok) return given;
    if (!given.text.startsWith(this.prefix)) return MALFORMED_SIGNATURE;
    // Node.js gives header values as latin1, one character a byte.
    return { ok: true, bytes: Buffer.from(given.text, 'latin1') };
  }

  protected indexOfKey(keys: readonly Buffer[], { bytes }: ShownCredential): number {
    return keys.findIndex((key) => areSameBytes(bytes, Buffer.from(this.write(key), 'utf8')));
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.facts.verified(request, keyIndex);
  }

  private write(key: Buffer): string {
    return `${this.prefix}${key.toString(this.encoding)}`;
  }
}
