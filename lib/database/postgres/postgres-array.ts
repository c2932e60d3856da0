/** Values of `boolean` are given as 0 and 1. */
export type PostgresArrayType = 'bigint' | 'boolean' | 'integer' | 'text' | 'uuid';

type Element = string | number | null;

/** The binary format of a type. */
interface Format {
  /** The type's number in PostgreSQL's catalogue. */
  readonly oid: number;
  /** How many bytes a value may have. */
  mostBytes(value: string | number): number;
  /** @returns how many bytes it has written */
  write(buffer: Buffer, at: number, value: string | number): number;
}

/** Longer texts are measured, shorter ones just written: room for three bytes a character is always enough. */
const LONG_TEXT = 4_096;
const MOST_BYTES_PER_CHARACTER = 3;

const FORMATS: Readonly<Record<PostgresArrayType, Format>> = {
  bigint: { oid: 20, mostBytes: () => 8, write: writeBigint },
  boolean: { oid: 16, mostBytes: () => 1, write: writeBoolean },
  integer: { oid: 23, mostBytes: () => 4, write: writeInteger },
  text: { oid: 25, mostBytes: mostTextBytes, write: writeText },
  uuid: { oid: 2950, mostBytes: () => UUID_BYTES, write: writeUuid },
};

const INTEGER = FORMATS.integer;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

const UUID_BYTES = 16;
const UUID_LENGTH = 36;
/** How many digits there are between the hyphens. */
const UUID_GROUPS = [8, 4, 4, 4, 12];
const HYPHEN = 0x2d;

const NO_DIGIT = 0xff;
/** The value of each hexadecimal digit, by its character code. */
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

const TWO_TO_32 = 2 ** 32;

/** The bytes that are kept for the next array; one with large texts keeps its own. */
const SCRATCH_BYTES = 256 * 1024;

/** Where an array is put together before it is copied to its own buffer: nothing has to be measured first. */
class Scratch {
  private buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  private at = 0;

  begin(): void {
    this.at = 0;
  }

  add(format: Format, value: string | number): void {
    this.reserve(format.mostBytes(value));
    this.at += format.write(this.buffer, this.at, value);
  }

  /** Adds an element, with its length in front, so many times. */
  addElements(format: Format, value: Element, times: number): void {
    const start = this.at;
    this.add(INTEGER, NULL_LENGTH);
    if (value !== null) {
      this.add(format, value);
      writeInteger(this.buffer, start, this.at - start - LENGTH_BYTES);
    }
    if (times > 1) this.repeat(start, times - 1);
  }

  /** The array, in a buffer of its own. */
  end(): Buffer {
    const array = this.buffer.subarray(0, this.at);
    if (this.buffer.length === SCRATCH_BYTES) return Buffer.from(array);
    this.buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    return array;
  }

  /** Repeats what was written since `start`, twice as much in each step. */
  private repeat(start: number, times: number): void {
    this.reserve((this.at - start) * times);
    const end = this.at + (this.at - start) * times;
    while (this.at < end) {
      const most = Math.min(this.at - start, end - this.at);
      this.buffer.copyWithin(this.at, start, start + most);
      this.at += most;
    }
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

const scratch = new Scratch();

/**
 * An array parameter of a statement for PostgreSQL. In the binary form, neither side escapes payloads, which
 * otherwise is most of the cost of an insert of many rows.
 *
 * @see PostgreSQL's `array_recv`, which reads what {@link PostgresArray.toBuffer} writes
 * @internal
 */
export class PostgresArray {
  constructor(
    readonly type: PostgresArrayType,
    readonly values: readonly Element[],
  ) {}

  /** @throws {TypeError} for a value that is not a UUID, in an array of UUIDs */
  toBuffer(): Buffer {
    const { values } = this;
    const format = FORMATS[this.type];
    const isEmpty = values.length === 0;
    scratch.begin();
    scratch.add(INTEGER, isEmpty ? 0 : 1);
    scratch.add(INTEGER, values.includes(null) ? 1 : 0);
    scratch.add(INTEGER, format.oid);
    if (!isEmpty) {
      scratch.add(INTEGER, values.length);
      scratch.add(INTEGER, 1);
    }
    // Most columns of a group repeat one value in each row: it is written once, and copied.
    for (let index = 0; index < values.length;) {
      const value = values[index] ?? null;
      const first = index++;
      while (index < values.length && (values[index] ?? null) === value) index++;
      scratch.addElements(format, value, index - first);
    }
    return scratch.end();
  }
}

function mostTextBytes(value: string | number): number {
  const text = String(value);
  return text.length > LONG_TEXT ? Buffer.byteLength(text) : MOST_BYTES_PER_CHARACTER * text.length;
}

function writeText(buffer: Buffer, at: number, value: string | number): number {
  return buffer.write(String(value), at);
}

function writeBoolean(buffer: Buffer, at: number, value: string | number): number {
  buffer[at] = Number(value);
  return 1;
}

function writeInteger(buffer: Buffer, at: number, value: string | number): number {
  const bits = Number(value);
  buffer[at] = bits >>> 24;
  buffer[at + 1] = bits >>> 16;
  buffer[at + 2] = bits >>> 8;
  buffer[at + 3] = bits;
  return 4;
}

function writeBigint(buffer: Buffer, at: number, value: string | number): number {
  const high = Math.floor(Number(value) / TWO_TO_32);
  writeInteger(buffer, at, high);
  writeInteger(buffer, at + 4, Number(value) - high * TWO_TO_32);
  return 8;
}

function writeUuid(buffer: Buffer, start: number, value: string | number): number {
  const text = String(value);
  // The bits of all digits together; anything but a digit sets high bits.
  let bits = text.length === UUID_LENGTH ? 0 : NO_DIGIT;
  let at = start;
  let index = 0;
  for (const length of UUID_GROUPS) {
    if (index > 0 && text.charCodeAt(index++) !== HYPHEN) bits = NO_DIGIT;
    for (const end = index + length; index < end; index += 2) {
      const high = DIGITS[text.charCodeAt(index)] ?? NO_DIGIT;
      const low = DIGITS[text.charCodeAt(index + 1)] ?? NO_DIGIT;
      bits |= high | low;
      buffer[at++] = (high << 4) | low;
    }
  }
  // The message does not show the text: it may be a secret.
  if (bits >= 16) throw new TypeError('A key is not a UUID.');
  return UUID_BYTES;
}
