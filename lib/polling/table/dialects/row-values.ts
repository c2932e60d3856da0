import type { ComparedColumn } from './table.dialect.js';

/** The comparison of row values, for databases that use an index for it. */
export function rowValuesCompared(
  columns: readonly ComparedColumn[],
  operator: '>' | '<=',
): string {
  const names = columns.map(({ column }) => column).join(', ');
  const values = columns.map(({ value }) => value).join(', ');
  return `(${names}) ${operator} (${values})`;
}
