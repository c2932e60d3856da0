import type { Row } from '../statement.js';
import type { CancellableClient } from './postgres-cancel.js';

/** What `pg` can be given to run. */
export interface Query {
  /** By which the session knows the prepared statement. */
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
  /** Of `pg-native`, which TypeORM takes where the host has it, and which sends nothing but text. */
  readonly native?: unknown;
}
