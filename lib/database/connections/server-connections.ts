import type { QueryRunner } from 'typeorm';

/**
 * The connections of a driver's pool, and the sessions that they have on the server.
 *
 * @internal
 */
export interface ServerConnections<Client extends object, Session> {
  /** How many connections the pool opens at most. */
  readonly poolSize: number;
  /** How many connections of the pool are idle. */
  readonly idle: number;

  /** The runner's connection; `undefined` while it waits for one. */
  clientOf(runner: QueryRunner): Client | undefined;

  /**
   * Ends the runner's connection and takes it out of the pool.
   *
   * @returns false where the runner has no connection yet
   */
  end(runner: QueryRunner): boolean;

  /** Whether the connection caused the error, and not the statement. */
  isFault(error: unknown): boolean;

  /**
   * Asks the server which session the connection has.
   *
   * @returns `undefined` if it cannot be known
   */
  introduce(client: Client): Promise<Session | undefined>;

  /**
   * Whether the server works on a statement of the session.
   *
   * @param client another connection, which asks
   */
  isWorking(client: Client, session: Session): Promise<boolean>;

  /**
   * Ends those of the sessions that still exist.
   *
   * @param client another connection, which ends them
   * @param onStep called when a step begins, which has the time limit of a statement
   */
  endSessions(client: Client, sessions: readonly Session[], onStep: () => void): Promise<void>;

  /** Called from time to time while a connection is used or waited for. */
  onTick?(): void;
}

/** The error of statements that waited for an abandoned connection. */
export function abandonedError(): Error {
  return new Error('the connection was ended because its transaction was abandoned');
}
