/**
 * A condition that is always true, and makes PostgreSQL expect a handful of rows, so that it looks each
 * of them up by an index of the table that they are joined with.
 *
 * PostgreSQL takes no hints. What it knows of a table that fills is old or missing, so it found the table
 * small enough to be read from end to end, once for a group or even once for each row of it; and the plan
 * of a prepared statement keeps such a choice. An equation with an expression, however, it takes to be
 * true for one row in two hundred.
 *
 * @param column one that is never null
 * @internal
 */
export function fewRows(column: string): string {
  return `(${column} IS NOT NULL)::integer = 1`;
}

/**
 * The same condition, made one from which PostgreSQL concludes nothing. Of jobs that run, say, it expects
 * one, and would read the group once for each that does.
 *
 * @internal
 */
export function opaque(condition: string): string {
  return `CASE WHEN ${condition} THEN TRUE ELSE FALSE END`;
}
