/** The element types that the library's statements take arrays of, by their numbers in PostgreSQL's catalogue. */
const TYPE_OIDS = { bigint: 20, integer: 23, text: 25, uuid: 2950 } as const;

export type PostgresArrayType = keyof typeof TYPE_OIDS;

type Element = string | number | null;

/** Dimensions, a flag for nulls, the type; then, where there are elements, their number and first index. */
const HEAD_BYTES = 12;
const DIMENSION_BYTES = 8;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

const UUID_BYTES = 16;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

const TWO_TO_32 = 2 ** 32;

/**
 * An array parameter of a statement for PostgreSQL. Sent in the binary form, nothing of a payload has to
 * be escaped here and unescaped there, which is most of what an insert of many rows costs otherwise.
 *
 * @see PostgreSQL's `array_recv`, which reads what {@link PostgresArray.toBuffer} writes
 * @internal
 */
export class PostgresArray {
  constructor(
    readonly type: PostgresArrayType,
    readonly values: readonly Element[],
  ) {}

  /** @throws {TypeError} for what is no UUID in an array of them */
  toBuffer(): Buffer {
    const { type, values } = this;
    const sizes = values.map((value) => (value === null ? NULL_LENGTH : sizeOf(type, value)));
    const dimensions = values.length === 0 ? 0 : 1;
    const bytes = sizes.reduce(
      (sum, size) => sum + LENGTH_BYTES + Math.max(0, size),
      HEAD_BYTES + dimensions * DIMENSION_BYTES,
    );
    const buffer = Buffer.allocUnsafe(bytes);
    let at = buffer.writeInt32BE(dimensions, 0);
    at = buffer.writeInt32BE(sizes.includes(NULL_LENGTH) ? 1 : 0, at);
    at = buffer.writeInt32BE(TYPE_OIDS[type], at);
    if (dimensions === 0) return buffer;
    at = buffer.writeInt32BE(values.length, at);
    at = buffer.writeInt32BE(1, at);
    for (const [index, value] of values.entries()) {
      at = buffer.writeInt32BE(sizes[index] ?? NULL_LENGTH, at);
      if (value !== null) at = write(buffer, at, type, value);
    }
    return buffer;
  }
}

function sizeOf(type: PostgresArrayType, value: string | number): number {
  switch (type) {
    case 'bigint':
      return 8;
    case 'integer':
      return 4;
    case 'text':
      return Buffer.byteLength(String(value));
    case 'uuid':
      return UUID_BYTES;
  }
}

/** @returns where the next element begins */
function write(
  buffer: Buffer,
  at: number,
  type: PostgresArrayType,
  value: string | number,
): number {
  switch (type) {
    case 'bigint': {
      const high = Math.floor(Number(value) / TWO_TO_32);
      return buffer.writeUInt32BE(Number(value) - high * TWO_TO_32, buffer.writeInt32BE(high, at));
    }
    case 'integer':
      return buffer.writeInt32BE(Number(value), at);
    case 'text':
      return at + buffer.write(String(value), at);
    case 'uuid': {
      const text = String(value);
      // Its own text is not named: what is no key may be anything.
      if (!UUID.test(text)) throw new TypeError('A key is not a UUID.');
      return at + buffer.write(text.replaceAll('-', ''), at, 'hex');
    }
  }
}
