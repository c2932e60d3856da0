import { rowValuesCompared } from './row-values.js';
import type { TableDialect } from './table.dialect.js';

/**
 * SQLite: a column may hold values of any type, and dates are texts or numbers.
 *
 * @internal
 */
export const SQLITE: TableDialect = {
  isUnordered: () => false,

  // CAST prints 15 digits of a floating-point number, which may be another number.
  textOf: (column) =>
    `CASE typeof(${column}) WHEN 'real' THEN printf('%!.17g', ${column}) ELSE CAST(${column} AS text) END`,

  // No number is greater than a text, and a computed column of a view has no type to convert the text by. The
  // plus sign keeps CAST from converting the column.
  fromText: (parameter, { holdsNumbers }) =>
    holdsNumbers ? `+CAST(${parameter} AS NUMERIC)` : parameter,

  comparable: (column) => `${column} IS NOT NULL`,

  compared: rowValuesCompared,

  // Only the host knows which date a number means.
  isFuture: (column) =>
    `typeof(${column}) = 'text' AND replace(${column}, 'T', ' ') > strftime('%Y-%m-%d %H:%M:%f', 'now')`,

  storedTypeOf: (column) => `replace(typeof(${column}), 'real', 'integer')`,

  zones: undefined,
};
