/**
 * A condition that is always true, and makes PostgreSQL estimate few rows. It then looks each of them up by
 * an index of the joined table.
 *
 * PostgreSQL has no hints. Its statistics of a growing table are old or missing: it takes the table for small
 * and scans it, once for a group or even once for each row of it. The plan of a prepared statement keeps that
 * choice. For an equation with an expression, however, PostgreSQL always estimates one row in two hundred.
 *
 * @param column one that is never null
 * @internal
 */
export function fewRows(column: string): string {
  return `(${column} IS NOT NULL)::integer = 1`;
}

/**
 * The same condition in a form for which PostgreSQL uses no statistics. By its statistics it expects one
 * running job, say, and would read the group once for each one.
 *
 * @internal
 */
export function opaque(condition: string): string {
  return `CASE WHEN ${condition} THEN TRUE ELSE FALSE END`;
}
