/** One SQL statement with its parameters, in the placeholder syntax of its database. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** The only statement of its transaction: atomic by itself, it needs no BEGIN and COMMIT. */
  readonly alone?: true;
  /** Returns one row with the number of changed rows, as `changed`. */
  readonly counted?: true;
}

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The statements of a piece of work, written once for every database: the generator yields a statement and is
 * resumed with its rows. PostgreSQL awaits each one; SQLite runs them all without yielding to the event loop,
 * so that nothing else gets into the transaction. After a rollback, the transaction may run again from its
 * beginning.
 */
export type Steps<Result> = Generator<Statement, Result, readonly Row[]>;
