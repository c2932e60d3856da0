import { DatabaseTimeoutError } from '../database-timeout.error.js';
import type { ConnectionUse } from './connection-use.js';
import type { ServerConnections } from './server-connections.js';

/** The result of testing a connection. */
export type Proof =
  | { readonly works: true }
  /** `reason` if the connection is new and its server reports a fault: the next one would fail too. */
  | { readonly works: false; readonly reason?: unknown };

const WORKS: Proof = { works: true };

/**
 * Knows which connections work, and which session each has on the server. Connections often break together:
 * after one was at fault, every other one must show that it works before it is used again.
 *
 * @internal
 */
export class ConnectionProofs<Client extends object, Session> {
  private readonly sessions = new WeakMap<Client, Session>();
  /** The number of faults when a connection was last known to work. */
  private readonly provenAt = new WeakMap<Client, number>();
  private faults = 0;

  /** @param limitMs how long a connection may take to show that it works, in milliseconds */
  constructor(
    private readonly connections: ServerConnections<Client, Session>,
    private readonly limitMs: number,
  ) {}

  /** Notes that a connection was at fault: all others must be tested again. */
  noteFault(): void {
    this.faults++;
  }

  /** Whether the connection has shown that it works since the last fault. */
  isProven(client: Client): boolean {
    return this.provenAt.get(client) === this.faults;
  }

  /** The connection's session, if it is known. */
  sessionOf(client: Client | undefined): Session | undefined {
    return client === undefined ? undefined : this.sessions.get(client);
  }

  /** Tests the connection, by asking its server which session it has. */
  async prove(client: Client, use: ConnectionUse): Promise<Proof> {
    const { faults } = this;
    try {
      const session = await this.introduceInTime(client, use);
      if (session !== undefined) this.sessions.set(client, session);
    } catch (error) {
      if (error instanceof DatabaseTimeoutError) return { works: false };
      if (this.connections.isFault(error)) {
        return this.provenAt.has(client) ? { works: false } : { works: false, reason: error };
      }
      // The server has answered, if only that it does not understand the question.
    }
    this.provenAt.set(client, faults);
    return WORKS;
  }

  private introduceInTime(client: Client, use: ConnectionUse): Promise<Session | undefined> {
    const { limitMs } = this;
    return new Promise((resolve, reject) => {
      use.begin(limitMs, () => reject(DatabaseTimeoutError.ofStatement(limitMs)));
      this.connections.introduce(client).then(resolve, reject);
    });
  }
}
