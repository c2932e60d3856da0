import type { KillableConnection } from './mysql-kill.js';

/** The part of a mysql2 connection that is used here. */
export interface Connection extends KillableConnection {
  readonly stream: KillableConnection['stream'] & { destroy(error: Error): void };
  on(event: 'error', listener: (error: Error) => void): void;
  promise(): {
    query(sql: string, values?: unknown[]): Promise<[unknown, unknown]>;
    execute(statement: { sql: string; values: unknown[] }): Promise<[unknown, unknown]>;
  };
  destroy(): void;
}
