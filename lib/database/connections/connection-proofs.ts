import { DatabaseTimeoutError } from '../database-timeout.error.js';
import type { ConnectionUse } from './connection-use.js';
import type { ServerConnections } from './server-connections.js';

/** What a connection has shown. */
export type Proof =
  | { readonly works: true }
  /** `reason` where it is new, and its server says that it does not work: the next one would be no better. */
  | { readonly works: false; readonly reason?: unknown };

const WORKS: Proof = { works: true };

/**
 * Knows which connections work, and which session each has on the server. Connections often break together: after
 * one was at fault, every other one has to show that it works before it is used again.
 *
 * @internal
 */
export class ConnectionProofs<Client extends object, Session> {
  private readonly sessions = new WeakMap<Client, Session>();
  /** How many faults there had been when a connection was last known to work. */
  private readonly provenAt = new WeakMap<Client, number>();
  private faults = 0;

  /** @param limitMs how long a connection may take to show that it works, in milliseconds */
  constructor(
    private readonly connections: ServerConnections<Client, Session>,
    private readonly limitMs: number,
  ) {}

  /** A connection was at fault. */
  noteFault(): void {
    this.faults++;
  }

  /** Whether the connection has shown that it works since the last fault. */
  isProven(client: Client): boolean {
    return this.provenAt.get(client) === this.faults;
  }

  /** The connection's session, where it is known. */
  sessionOf(client: Client | undefined): Session | undefined {
    return client === undefined ? undefined : this.sessions.get(client);
  }

  /** Has the connection show that it works, by asking its server which session it has. */
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
