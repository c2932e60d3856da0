/** Most rows in one statement. */
const MAX_ROWS = 128;

/** Most bytes in one statement of more than one row. */
const MAX_BYTES = 1024 * 1024;

/**
 * Splits rows into batches of 128, 64, 32, … 1 rows: one prepared statement for each possible number of rows
 * would fill the server's table of prepared statements.
 *
 * @param rows in the order in which the statements take them
 * @param sizeOf the bytes that a row adds to a statement; leave it out for small rows
 * @internal
 */
export function batches<Row>(
  rows: readonly Row[],
  sizeOf: (row: Row) => number = () => 0,
): Row[][] {
  const result: Row[][] = [];
  for (let start = 0; start < rows.length;) {
    const fitting = countFitting(rows.slice(start, start + MAX_ROWS), sizeOf);
    const count = powerOfTwoWithin(fitting);
    result.push(rows.slice(start, start + count));
    start += count;
  }
  return result;
}

/**
 * The largest power of two that is not larger than a number.
 *
 * @param count 1 or more
 * @internal
 */
export function powerOfTwoWithin(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}

/**
 * The placeholders of a list, such as `?, ?, ?`.
 *
 * @internal
 */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/**
 * The placeholders of several rows of values, such as `(?, ?), (?, ?)`.
 *
 * @internal
 */
export function rowPlaceholders(rows: number, columns: number): string {
  return Array.from({ length: rows }, () => `(${placeholders(columns)})`).join(', ');
}

function countFitting<Row>(rows: readonly Row[], sizeOf: (row: Row) => number): number {
  let bytes = 0;
  const tooMuch = rows.findIndex((row, index) => {
    bytes += sizeOf(row);
    return index > 0 && bytes > MAX_BYTES;
  });
  return tooMuch === -1 ? rows.length : tooMuch;
}
