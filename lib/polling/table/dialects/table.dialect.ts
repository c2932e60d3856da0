import type { ColumnKind } from '../column-kind.js';

/** A column of a polled table, as far as its SQL depends on it. */
export interface ColumnFacts {
  readonly kind: ColumnKind;
  /** The driver's name for its type. */
  readonly type: string;
  readonly isUnsigned: boolean;
  /** Whether its values are numbers: a column of SQLite may hold other values than its type says. */
  readonly holdsNumbers: boolean;
}

/** The SQL expressions of a column, and of the value that it is compared with. */
export interface ComparedColumn {
  readonly column: string;
  readonly value: string;
}

/**
 * What databases write differently when a table is polled. The database is that of the table, which may be another
 * one than that of the library's own tables. `column` is always the SQL expression of a column.
 *
 * @internal
 */
export interface TableDialect {
  /** Whether a type that only this database has cannot be read in order, or not be read back from its text. */
  isUnordered(type: string): boolean;

  /**
   * The SQL expression of a column's text: the same for one value in every session, and read back as that
   * value where {@link fromText} compares it with the column.
   */
  textOf(column: string, facts: ColumnFacts): string;

  /** The SQL expression of a value of the column, from its text in a parameter. */
  fromText(parameter: string, facts: ColumnFacts): string;

  /** The SQL condition that the column has a value that can be compared. */
  comparable(column: string, facts: ColumnFacts): string;

  /** The SQL condition that a row lies beyond, or not beyond, a position in the order of these columns. */
  compared(columns: readonly ComparedColumn[], operator: '>' | '<='): string;

  /** The SQL condition that a date lies further ahead of the database's present than these minutes. */
  isFuture(column: string, minutes: number, facts: ColumnFacts): string;

  /**
   * The SQL expression of `integer` for a number and of another text for other values; `undefined` where the
   * type of a column says what it holds.
   */
  readonly storedTypeOf: ((column: string) => string) | undefined;

  /** How dates depend on time zones; `undefined` where dates are texts, which name their zone or are in UTC. */
  readonly zones: ZoneDialect | undefined;
}

/**
 * What a database says about times with and without a zone. The driver reads a time without one in the zone of
 * its process, the database in the zone of its session.
 *
 * @internal
 */
export interface ZoneDialect {
  /** Whether the driver reads dates of this type in the zone of its own process. */
  isZoneLess(type: string): boolean;

  /** The SQL query of the present: `here` as the driver reads it, `epoch` in seconds since the epoch. */
  readonly present: string;

  /**
   * The SQL expression of a column's seconds since the epoch, with as many decimals as the column has.
   *
   * @param precision how many that are, where the entity says so
   */
  epochOf(column: string, precision: number | null | undefined): string;

  /** What {@link epochOf} gave, without decimals that say nothing. */
  secondsOf(epoch: string): string;

  /** The SQL expression of a time without a zone, from its text. */
  moment(text: string): string;

  /** What a process in UTC makes of the text of a date without a zone. */
  utcTextOf(text: string, type: string): string;

  /** What a host can do where the process and the database read different instants from a column. */
  readonly cure: string;
}
