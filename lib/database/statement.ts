/** One SQL statement with its parameters, in the placeholder syntax of its database. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** The only statement of its transaction: atomic by itself, it needs no BEGIN and COMMIT. */
  readonly alone?: true;
  /** Answered by one row with the number of rows that it has changed, as `changed`. */
  readonly counted?: true;
}

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The statements of a piece of work, written once for every database: the generator yields a
 * statement and is resumed with its rows. PostgreSQL awaits each one; SQLite runs them all without
 * giving up the event loop, so that nothing else can slip into the transaction. A transaction may be run
 * again from its beginning after it was rolled back.
 */
export type Steps<Result> = Generator<Statement, Result, readonly Row[]>;
