import { ConfigurationError } from '../errors/configuration.error.js';
import type { TimestampOptions } from './hmac.options.js';
import type { RefusalReason, SignedRequest } from './signature-scheme.js';

const DEFAULT_TOLERANCE_SECONDS = 300;

/** Plain digits, without sign, space, exponent or leading zero. Milliseconds do not pass for seconds. */
const SYNTAX = { s: /^[1-9]\d{0,10}$/, ms: /^[1-9]\d{11,13}$/ };

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
  private readonly unit: 's' | 'ms';
  private readonly toleranceMs: number;

  /** @throws {ConfigurationError} for a tolerance that is no positive number */
  constructor(private readonly options: TimestampOptions) {
    this.unit = options.unit ?? 's';
    const tolerance = options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
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
    const { options } = this;
    const found =
      'header' in options
        ? headers[options.header.toLowerCase()]
        : entries
            .filter((entry) => entry.startsWith(options.entry))
            .map((entry) => entry.slice(options.entry.length));
    const [text, ...more] = [found ?? []].flat();
    if (text === undefined || text === '') return { ok: false, reason: 'timestamp-missing' };
    if (more.length > 0 || !SYNTAX[this.unit].test(text))
      return { ok: false, reason: 'malformed-signature' };
    return { ok: true, text, at: Number(text) * (this.unit === 's' ? 1_000 : 1) };
  }

  /** Why the time is not acceptable; `undefined` when it is. Exactly the tolerance is. */
  judge(at: number, now: Date): RefusalReason | undefined {
    const age =
      (this.unit === 's' ? Math.floor(now.getTime() / 1_000) * 1_000 : now.getTime()) - at;
    if (age > this.toleranceMs) return 'timestamp-too-old';
    return age < -this.toleranceMs ? 'timestamp-too-new' : undefined;
  }

  write(at: Date): { text: string; headers: Record<string, string>; entry?: string } {
    const text = String(this.unit === 's' ? Math.floor(at.getTime() / 1_000) : at.getTime());
    return 'header' in this.options
      ? { text, headers: { [this.options.header.toLowerCase()]: text } }
      : { text, headers: {}, entry: `${this.options.entry}${text}` };
  }
}
