import { ConfigurationError } from '../../errors/configuration.error.js';
import { valueAt } from '../../event/value-at.js';
import type { TimestampOptions } from '../schemes/hmac.options.js';
import type { Refused, SignedRequest } from '../signature-scheme.js';
import { choice } from './choice.js';
import { headerNames, headerValue } from './header-name.js';
import { MALFORMED_SIGNATURE, TIMESTAMP_MISSING } from './refusals.js';
import { payloadOf } from './request-payload.js';
import { parseRfc3339 } from './rfc3339.js';
import { Tolerance } from './tolerance.js';
import { unsignable } from './unsignable.js';

const DEFAULT_TOLERANCE_SECONDS = 300;

/** Plain digits, without sign, space, exponent or leading zero. Milliseconds do not pass for seconds. */
const DIGITS = { s: /^[1-9]\d{0,10}$/, ms: /^[1-9]\d{11,13}$/ };

type Unit = 's' | 'ms' | 'iso';

/** The result of reading a timestamp. */
export type TimestampReading =
  | {
      readonly ok: true;
      /** The text that was signed, unchanged. */
      readonly text: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
    }
  | Refused;

/** The time of an attempt, as it is signed and sent. */
export interface WrittenTimestamp {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The entry in the signature's header, if the sender puts it there. */
  readonly entry?: string;
}

/**
 * Reads, judges and writes the time of an attempt.
 *
 * @internal
 */
export class Timestamp {
  /** Whether it is in the body, and so may be read only if the signature is right. */
  readonly isInBody: boolean;
  private readonly headers: readonly [string, ...string[]] | undefined;
  private readonly entry: string;
  private readonly path: string;
  private readonly unit: Unit;
  private readonly tolerance: Tolerance;

  /**
   * @param families how many names the sender's headers may have
   * @throws {ConfigurationError} for a tolerance that is not above 0, and for an unknown place or unit
   */
  constructor(options: TimestampOptions, families: number) {
    this.headers =
      'header' in options ? headerNames('timestamp.header', options.header, families) : undefined;
    this.entry = 'entry' in options ? options.entry : '';
    this.path = 'path' in options ? options.path : '';
    this.isInBody = this.path !== '';
    if (this.headers === undefined && this.entry === '' && this.path === '') {
      throw ConfigurationError.because(
        'timestamp',
        'Nothing says where the timestamp is.',
        "Set `timestamp.header`, `timestamp.entry` to what is before it, such as 't=', or `timestamp.path`.",
      );
    }
    this.unit = choice('timestamp.unit', options.unit ?? 's', ['s', 'ms', 'iso']);
    // Not `??`: null must not mean the default, nor no limit.
    const tolerance =
      options.toleranceSeconds === undefined ? DEFAULT_TOLERANCE_SECONDS : options.toleranceSeconds;
    this.tolerance = new Tolerance(tolerance, this.unit === 's' ? 1_000 : 1);
  }

  /**
   * Reads it from the headers.
   *
   * @param family which of the header's names counts
   * @param entries of the signature's header, for senders that put it there
   */
  read(
    headers: SignedRequest['headers'],
    family: number,
    entries: readonly string[],
  ): TimestampReading {
    return this.readText(
      this.headers === undefined
        ? this.findEntry(entries)
        : headerValue(headers, this.headers, family),
    );
  }

  /** Reads it from a body whose signature is right. A body that cannot be parsed has no timestamp. */
  readBody(request: SignedRequest): TimestampReading {
    const reading = payloadOf(request);
    return this.readPayload(reading.ok ? reading.payload : undefined);
  }

  /** Reads it from a parsed body, or from a part of one. */
  readPayload(payload: unknown): TimestampReading {
    const found = valueAt(payload, this.path);
    if (typeof found === 'number') return this.readText(String(found));
    return found === null || found === undefined || typeof found === 'string'
      ? this.readText(found ?? undefined)
      : MALFORMED_SIGNATURE;
  }

  /** Refuses an unreadable time and one that is too far off; `undefined` if the time is acceptable. */
  judge(time: TimestampReading, now: Date): Refused | undefined {
    return time.ok ? this.tolerance.judge(time.at, now) : time;
  }

  /**
   * Writes a time that {@link read} would accept.
   *
   * @param scheme name of the scheme, for the message
   * @throws {WebhookError} (code `UNSIGNABLE`) for any other time
   */
  write(at: Date, scheme: string): WrittenTimestamp {
    const text = Number.isNaN(at.getTime()) ? '' : this.format(at);
    if (this.parse(text) === undefined) {
      throw unsignable(scheme, 'cannot write this `timestamp`. Give the instant of the attempt.');
    }
    return this.headers === undefined
      ? { text, headers: {}, entry: `${this.entry}${text}` }
      : { text, headers: { [this.headers[0]]: text } };
  }

  private readText(found: string | readonly string[] | undefined): TimestampReading {
    if (found === undefined || (typeof found === 'string' && found.trim() === ''))
      return TIMESTAMP_MISSING;
    const at = typeof found === 'string' ? this.parse(found) : undefined;
    return typeof found !== 'string' || at === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, text: found, at };
  }

  /** The text of the only entry; all entries if several have the prefix. */
  private findEntry(entries: readonly string[]): string | readonly string[] | undefined {
    let found: string | undefined;
    for (const entry of entries) {
      if (!entry.startsWith(this.entry)) continue;
      if (found !== undefined) return entries;
      found = entry.slice(this.entry.length);
    }
    return found;
  }

  private parse(text: string): number | undefined {
    if (this.unit === 'iso') return parseRfc3339(text);
    if (!DIGITS[this.unit].test(text)) return undefined;
    return Number(text) * (this.unit === 's' ? 1_000 : 1);
  }

  private format(at: Date): string {
    switch (this.unit) {
      case 's':
        return String(Math.floor(at.getTime() / 1_000));
      case 'ms':
        return String(at.getTime());
      case 'iso':
        return at.toISOString();
    }
  }
}
