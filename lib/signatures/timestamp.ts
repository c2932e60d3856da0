import { ConfigurationError } from '../errors/configuration.error.js';
import { choice } from './choice.js';
import { headerName } from './header-name.js';
import type { TimestampOptions } from './hmac.options.js';
import { parseRfc3339 } from './rfc3339.js';
import type { RefusalReason, SignedRequest } from './signature-scheme.js';

const DEFAULT_TOLERANCE_SECONDS = 300;

/** Plain digits, without sign, space, exponent or leading zero. Milliseconds do not pass for seconds. */
const DIGITS = { s: /^[1-9]\d{0,10}$/, ms: /^[1-9]\d{11,13}$/ };

type Unit = 's' | 'ms' | 'iso';

/** What stands in the place of a timestamp. */
export type TimestampReading =
  | {
      readonly ok: true;
      /** The text that was signed, unchanged. */
      readonly text: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
    }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Reads, judges and writes the time of an attempt.
 *
 * @internal
 */
export class Timestamp {
  private readonly header: string | undefined;
  private readonly entry: string;
  private readonly unit: Unit;
  private readonly toleranceMs: number;

  /** @throws {ConfigurationError} for a tolerance that is no positive number, and for an unknown place or unit */
  constructor(options: TimestampOptions) {
    this.header = 'header' in options ? headerName('timestamp.header', options.header) : undefined;
    this.entry = 'entry' in options ? options.entry : '';
    if (this.header === undefined && this.entry === '') {
      throw ConfigurationError.because(
        'timestamp',
        'Nothing says where the timestamp is.',
        "Set `timestamp.header`, or `timestamp.entry` to what is before it, such as 't='.",
      );
    }
    this.unit = choice('timestamp.unit', options.unit ?? 's', ['s', 'ms', 'iso']);
    // Not `??`: null is no way to ask for the default, nor for no limit.
    const tolerance =
      options.toleranceSeconds === undefined ? DEFAULT_TOLERANCE_SECONDS : options.toleranceSeconds;
    if (!Number.isFinite(tolerance) || tolerance <= 0) {
      throw ConfigurationError.invalidOption(
        'toleranceSeconds',
        'a number of seconds above 0',
        tolerance,
        'Leave it out for five minutes.',
      );
    }
    this.toleranceMs = tolerance * 1_000;
  }

  /** @param entries entries of the signature's header, for senders that put it there */
  read(headers: SignedRequest['headers'], entries: readonly string[]): TimestampReading {
    const found = this.header === undefined ? this.findEntry(entries) : headers[this.header];
    if (found === undefined || (typeof found === 'string' && found.trim() === '')) {
      return { ok: false, reason: 'timestamp-missing' };
    }
    const at = typeof found === 'string' ? this.parse(found) : undefined;
    return typeof found !== 'string' || at === undefined
      ? { ok: false, reason: 'malformed-signature' }
      : { ok: true, text: found, at };
  }

  /** Why the time is not acceptable; `undefined` when it is. Exactly the tolerance is. */
  judge(at: number, now: Date): RefusalReason | undefined {
    const age =
      (this.unit === 's' ? Math.floor(now.getTime() / 1_000) * 1_000 : now.getTime()) - at;
    if (age > this.toleranceMs) return 'timestamp-too-old';
    return age < -this.toleranceMs ? 'timestamp-too-new' : undefined;
  }

  /** `undefined` for a time that {@link read} would not take. */
  write(at: Date): { text: string; headers: Record<string, string>; entry?: string } | undefined {
    if (Number.isNaN(at.getTime())) return undefined;
    const text = this.format(at);
    if (this.parse(text) === undefined) return undefined;
    return this.header === undefined
      ? { text, headers: {}, entry: `${this.entry}${text}` }
      : { text, headers: { [this.header]: text } };
  }

  /** One text, or several where there are several entries. */
  private findEntry(entries: readonly string[]): string | readonly string[] | undefined {
    const found = entries.filter((entry) => entry.startsWith(this.entry));
    return found.length > 1 ? found : found[0]?.slice(this.entry.length);
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
