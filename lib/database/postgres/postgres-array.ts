/** Values of `boolean` are given as 0 and 1. */
export type PostgresArrayType = 'bigint' | 'boolean' | 'integer' | 'text' | 'uuid';

type Element = string | number | null;

/** The binary format of a type. */
interface Format {
  /** The type's number in PostgreSQL's catalogue. */
  readonly oid: number;
  /** Whether copying an equal value is cheaper than writing it again. */
  readonly isText: boolean;
  sizeOf(value: string | number): number;
  write(buffer: Buffer, at: number, value: string | number): void;
}

const FORMATS: Readonly<Record<PostgresArrayType, Format>> = {
  bigint: { oid: 20, isText: false, sizeOf: () => 8, write: writeBigint },
  boolean: { oid: 16, isText: false, sizeOf: () => 1, write: writeBoolean },
  integer: { oid: 23, isText: false, sizeOf: () => 4, write: writeInteger },
  text: {
    oid: 25,
    isText: true,
    sizeOf: (value) => Buffer.byteLength(String(value)),
    write: writeText,
  },
  uuid: { oid: 2950, isText: false, sizeOf: () => UUID_BYTES, write: writeUuid },
};

/** Dimensions, a flag for nulls, the type; then, where there are elements, their number and first index. */
const HEAD_BYTES = 12;
const DIMENSION_BYTES = 8;
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
    const sizes = sizesOf(format, values);
    let bytes = isEmpty ? HEAD_BYTES : HEAD_BYTES + DIMENSION_BYTES;
    for (const size of sizes) bytes += LENGTH_BYTES + Math.max(0, size);

    const buffer = Buffer.allocUnsafe(bytes);
    writeInteger(buffer, 0, isEmpty ? 0 : 1);
    writeInteger(buffer, 4, sizes.includes(NULL_LENGTH) ? 1 : 0);
    writeInteger(buffer, 8, format.oid);
    if (isEmpty) return buffer;
    writeInteger(buffer, 12, values.length);
    writeInteger(buffer, 16, 1);
    writeElements(buffer, HEAD_BYTES + DIMENSION_BYTES, format, values, sizes);
    return buffer;
  }
}

/** Most columns of a group repeat one value in each row: a value that repeats is not measured again. */
function sizesOf(format: Format, values: readonly Element[]): Int32Array {
  const sizes = new Int32Array(values.length);
  let previous: Element = null;
  let size = NULL_LENGTH;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    if (value !== previous) {
      size = value === null ? NULL_LENGTH : format.sizeOf(value);
      previous = value;
    }
    sizes[index] = size;
  }
  return sizes;
}

function writeElements(
  buffer: Buffer,
  start: number,
  format: Format,
  values: readonly Element[],
  sizes: Int32Array,
): void {
  let previous: Element = null;
  let at = start;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    const size = sizes[index] ?? NULL_LENGTH;
    writeInteger(buffer, at, size);
    at += LENGTH_BYTES;
    if (value !== null) {
      const isCopied = format.isText && value === previous;
      if (isCopied) buffer.copyWithin(at, at - LENGTH_BYTES - size, at - LENGTH_BYTES);
      else format.write(buffer, at, value);
      at += size;
    }
    previous = value;
  }
}

function writeText(buffer: Buffer, at: number, value: string | number): void {
  buffer.write(String(value), at);
}

function writeBoolean(buffer: Buffer, at: number, value: string | number): void {
  buffer.writeUInt8(Number(value), at);
}

function writeInteger(buffer: Buffer, at: number, value: string | number): void {
  const bits = Number(value);
  buffer[at] = bits >>> 24;
  buffer[at + 1] = bits >>> 16;
  buffer[at + 2] = bits >>> 8;
  buffer[at + 3] = bits;
}

function writeBigint(buffer: Buffer, at: number, value: string | number): void {
  const high = Math.floor(Number(value) / TWO_TO_32);
  writeInteger(buffer, at, high);
  writeInteger(buffer, at + 4, Number(value) - high * TWO_TO_32);
}

function writeUuid(buffer: Buffer, start: number, value: string | number): void {
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
}
