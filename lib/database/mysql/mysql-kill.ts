/** The part of a mysql2 connection that is used here. */
export interface KillableConnection {
  readonly threadId: number | null;
  readonly config: object;
  readonly stream: { readonly localPort?: number };
}

/** Makes connections; what a mysql2 connection inherits from. */
type ConnectionClass = new (options: { config: object }) => Connection;

interface Connection {
  on(event: 'error', listener: (error: Error) => void): void;
  destroy(): void;
  promise(): { query(sql: string, values?: unknown[]): Promise<[unknown, unknown]> };
}

/** How long it may take, in milliseconds; correctness does not depend on it. */
const LIMIT_MS = 1_000;

/**
 * Tells the server to end a connection together with its running statement: otherwise MySQL notices that a
 * client is gone only when the statement has ended. A proxy between the two numbers connections itself, so
 * the number may be that of another client: it must belong to the port that this connection came from. Errors
 * do no harm: the server ends the connection by itself later.
 *
 * @internal
 */
export async function killConnection(killed: KillableConnection): Promise<void> {
  const { threadId, config, stream } = killed;
  if (typeof threadId !== 'number') return;
  let connection: Connection | undefined;
  const limit = setTimeout(() => connection?.destroy(), LIMIT_MS);
  try {
    // A pool's connections are of a subclass, which needs the pool.
    const Base = Object.getPrototypeOf(killed.constructor) as ConnectionClass;
    connection = new Base({ config });
    connection.on('error', () => undefined);
    const session = connection.promise();
    // A local socket has no port, and no proxy in between.
    const from = stream.localPort === undefined ? '%' : `%:${stream.localPort}`;
    const [rows] = await session.query(
      'SELECT 1 FROM information_schema.processlist WHERE id = ? AND host LIKE ?',
      [threadId, from],
    );
    if (Array.isArray(rows) && rows.length > 0) await session.query(`KILL CONNECTION ${threadId}`);
  } catch {
    // It has ended already, the server cannot be reached, or other code has wrapped the driver's classes.
  } finally {
    clearTimeout(limit);
    connection?.destroy();
  }
}
