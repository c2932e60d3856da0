import type { Row } from '../statement.js';
import type { CancellableClient } from './postgres-cancel.js';

/** A query as `pg` takes it. */
export interface Query {
  /** Name of the prepared statement. */
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** The part of a `pg` client that is used here. */
export interface Client extends CancellableClient {
  query(
    query: Query | string,
    ...more: unknown[]
  ): Promise<{ readonly command?: string; rows: Row[] }>;
  /** Set by `pg-native`, which TypeORM uses if it is installed, and which sends parameters as text only. */
  readonly native?: unknown;
}
