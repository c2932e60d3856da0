/** One SQL statement with its parameters, in the placeholder syntax of its database. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The statements of a piece of work, written once for every database: the generator yields a
 * statement and is resumed with its rows. PostgreSQL awaits each one; SQLite runs them all without
 * giving up the event loop, so that nothing else can slip into the transaction.
 */
export type Steps<Result> = Generator<Statement, Result, readonly Row[]>;
