import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SignatureOptions } from '../schemes/hmac.options.js';
import type { Refused, SignedRequest } from '../signature-scheme.js';
import { choice } from './choice.js';
import { headerName, headerNames } from './header-name.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE, UNSUPPORTED_ALGORITHM } from './refusals.js';
import { decodeBase64, decodeHex } from './strict-encoding.js';

/** Longest header that is read. */
const MAX_LENGTH = 4_096;

/** Most signatures that are compared for one request. */
const MAX_SIGNATURES = 16;

const NUMBER = '{n}';

const SPACE = 0x20;
const DELETE = 0x7f;

/** The entries of a signature header. */
export type SignatureEntries =
  | {
      readonly ok: true;
      /** Which of the header's names the request has; the sender's other headers are of the same family. */
      readonly family: number;
      /** The signatures, each of the length that the algorithm gives. */
      readonly signatures: readonly Buffer[];
      /** Entries without the signature's prefix, unchanged. */
      readonly others: readonly string[];
    }
  | Refused;

/**
 * Reads and writes the header of a signature. It is strict: anything that is not written exactly as the sender
 * writes it is malformed, also a repeated header, which Node.js joins by a comma and a space.
 *
 * @internal
 */
export class SignatureHeader {
  /** How many names the header may have. */
  readonly families: number;
  private readonly names: readonly [string, ...string[]];
  /** The names from number 2 on, if headers are numbered. */
  private readonly further: readonly string[];
  private readonly prefix: string;
  private readonly separator: string | undefined;
  private readonly encoding: 'hex' | 'base64';

  /**
   * @param length bytes of a signature; `undefined` if their number varies
   * @throws {ConfigurationError} without the name of a header, for an unknown encoding and for an empty separator
   */
  constructor(
    options: SignatureOptions,
    private readonly length: number | undefined,
  ) {
    const header: unknown = options?.header;
    const numbered = typeof header === 'string' && header.includes(NUMBER);
    const numberedNames = (count: number): string[] =>
      Array.from({ length: count }, (_, index) =>
        headerName('signature.header', String(header).replace(NUMBER, String(index + 1))),
      );
    this.names = headerNames(
      'signature.header',
      numbered ? numberedNames(1) : (options?.header ?? ''),
    );
    this.further = numbered ? numberedNames(MAX_SIGNATURES + 1).slice(1) : [];
    this.families = this.names.length;
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
    const family = this.findFamily(headers);
    if (family < 0) return MISSING_SIGNATURE;
    const signatures: Buffer[] = [];
    const others: string[] = [];
    const complete =
      this.readValue(headers[this.names[family] ?? this.names[0]], signatures, others) &&
      (this.further.length === 0 || this.readFurther(headers, signatures, others));
    if (!complete) return MALFORMED_SIGNATURE;
    if (signatures.length > 0) return { ok: true, family, signatures, others };
    return this.separator === undefined ? MALFORMED_SIGNATURE : UNSUPPORTED_ALGORITHM;
  }

  /** @param other an entry before the signature, such as a timestamp */
  write(given: Buffer, other?: string): Record<string, string> {
    const signature = `${this.prefix}${given.toString(this.encoding)}`;
    return {
      [this.names[0]]:
        other === undefined ? signature : `${other}${this.separator ?? ''}${signature}`,
    };
  }

  private findFamily(headers: SignedRequest['headers']): number {
    let family = 0;
    for (const name of this.names) {
      if (!isBlank(headers[name])) return family;
      family += 1;
    }
    return -1;
  }

  private readFurther(
    headers: SignedRequest['headers'],
    signatures: Buffer[],
    others: string[],
  ): boolean {
    for (const name of this.further) {
      const value = headers[name];
      if (value === undefined) break;
      if (!this.readValue(value, signatures, others)) return false;
    }
    return true;
  }

  /** Adds the entries of a value; `false` if it is malformed. */
  private readValue(
    value: string | string[] | undefined,
    signatures: Buffer[],
    others: string[],
  ): boolean {
    if (typeof value !== 'string' || value.length > MAX_LENGTH) return false;
    if (this.separator === undefined) return this.readEntry(value, signatures, others);
    // By hand, as split() costs more than reading the entries.
    let start = 0;
    for (;;) {
      const end = value.indexOf(this.separator, start);
      const entry = end < 0 ? value.slice(start) : value.slice(start, end);
      if (!this.readEntry(entry, signatures, others)) return false;
      if (end < 0) return true;
      start = end + this.separator.length;
    }
  }

  private readEntry(entry: string, signatures: Buffer[], others: string[]): boolean {
    if (!entry.startsWith(this.prefix)) {
      if (isJoined(entry)) return false;
      others.push(entry);
      return true;
    }
    const signature = this.decode(entry.slice(this.prefix.length));
    return signature !== undefined && signatures.push(signature) <= MAX_SIGNATURES;
  }

  private decode(text: string): Buffer | undefined {
    return this.encoding === 'hex'
      ? decodeHex(text, this.length)
      : decodeBase64(text, 'base64', this.length);
  }
}

/** Whether an entry shows that two headers were joined. The space between them may be the separator. */
function isJoined(entry: string): boolean {
  return (
    entry === '' ||
    entry.startsWith(' ') ||
    entry.endsWith(',') ||
    entry.includes(', ') ||
    entry !== entry.trim()
  );
}

function isBlank(value: string | string[] | undefined): boolean {
  if (typeof value !== 'string') return value === undefined;
  // Usually the first character is enough, and an expression costs more.
  const first = value.charCodeAt(0);
  return !(first > SPACE && first < DELETE) && !/\S/.test(value);
}
