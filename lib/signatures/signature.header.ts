import { ConfigurationError } from '../errors/configuration.error.js';
import { choice } from './choice.js';
import { headerName } from './header-name.js';
import type { SignatureOptions } from './hmac.options.js';
import type { RefusalReason, SignedRequest } from './signature-scheme.js';

/** Longest header that is looked at. */
const MAX_LENGTH = 4_096;

/** Most signatures that are compared for one request. */
const MAX_SIGNATURES = 16;

const LOWER_HEX = /^[0-9a-f]+$/;

/** Where two headers were joined, with the space possibly taken for a separator. */
const JOINED = /,(?: |$)/;

/** What a signature header holds. */
export type SignatureEntries =
  | {
      readonly ok: true;
      /** The digests, each of the length that the algorithm gives. */
      readonly digests: readonly Buffer[];
      /** Entries without the signature's prefix, as they stand. */
      readonly others: readonly string[];
    }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Reads and writes the header of a signature. Strict: what is not written exactly as the sender writes
 * it is malformed, a repeated header included, which Node.js joins by a comma and a space.
 *
 * @internal
 */
export class SignatureHeader {
  private readonly header: string;
  private readonly prefix: string;
  private readonly separator: string | undefined;
  private readonly encoding: 'hex' | 'base64';

  /** @throws {ConfigurationError} when no header is named, and for an unknown encoding or an empty separator */
  constructor(
    options: SignatureOptions,
    private readonly digestLength: number,
  ) {
    this.header = headerName('signature.header', options?.header);
    this.prefix = options.prefix ?? '';
    this.separator = options.separator;
    this.encoding = choice('signature.encoding', options.encoding ?? 'hex', ['hex', 'base64']);
    if (this.separator === '') {
      throw ConfigurationError.invalidOption(
        'signature.separator',
        'the text between entries',
        '',
        'Leave it out where the header is one signature.',
      );
    }
  }

  read(headers: SignedRequest['headers']): SignatureEntries {
    const value = headers[this.header];
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
      return { ok: false, reason: 'missing-signature' };
    }
    if (typeof value !== 'string' || value.length > MAX_LENGTH) return MALFORMED;
    const entries = this.separator === undefined ? [value] : value.split(this.separator);
    const digests: Buffer[] = [];
    const others: string[] = [];
    for (const entry of entries) {
      if (!entry.startsWith(this.prefix)) {
        if (entry === '' || entry !== entry.trim() || JOINED.test(entry)) return MALFORMED;
        others.push(entry);
        continue;
      }
      const digest = this.decode(entry.slice(this.prefix.length));
      if (digest === undefined || digests.push(digest) > MAX_SIGNATURES) return MALFORMED;
    }
    if (digests.length > 0) return { ok: true, digests, others };
    return this.separator === undefined
      ? MALFORMED
      : { ok: false, reason: 'unsupported-algorithm' };
  }

  /** @param other an entry that goes before the signature, such as a timestamp */
  write(digest: Buffer, other?: string): Record<string, string> {
    const signature = `${this.prefix}${digest.toString(this.encoding)}`;
    return {
      [this.header]:
        other === undefined ? signature : `${other}${this.separator ?? ''}${signature}`,
    };
  }

  private decode(text: string): Buffer | undefined {
    if (this.encoding === 'hex' && !LOWER_HEX.test(text)) return undefined;
    const digest = Buffer.from(text, this.encoding);
    // Written back, so that lenient decoding (missing padding, other alphabets) does not pass.
    return digest.length === this.digestLength && digest.toString(this.encoding) === text
      ? digest
      : undefined;
  }
}

const MALFORMED: SignatureEntries = { ok: false, reason: 'malformed-signature' };
