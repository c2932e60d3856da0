import type { Socket } from 'node:net';
import type { Row } from '../statement.js';

/** The part of a `pg` client that is used here. */
interface LinkClient {
  readonly processID?: number | null;
  readonly connection?: { readonly stream: Socket };
  /** Set by `pg-native`. */
  readonly native?: unknown;
  connect(): Promise<unknown>;
  query(query: { text: string; values?: unknown[] }): Promise<{ rows: Row[] }>;
  end(): Promise<void>;
  on(event: 'error' | 'end', listener: () => void): void;
  on(event: 'notification', listener: (message: { payload?: string }) => void): void;
}

/** The part of `pg`'s pool that is used here. */
export interface LinkPool {
  readonly Client: new (options: object) => LinkClient;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the server says of a connection. */
export interface LinkFacts {
  /** Whether one session of the server belongs to the connection: no pooler stands between. */
  readonly isDirect: boolean;
  /** The schema of unqualified names. */
  readonly schema: string;
}

/** When the operating system begins to test an idle connection, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** How long ending a connection may take, in milliseconds. */
const END_LIMIT_MS = 1_000;

/**
 * A connection of its own, beside the pool and with the pool's options: the pool keeps its size. It does not
 * keep Node.js running, and ends itself at its first error.
 *
 * @internal
 */
export class WakeUpLink {
  isClosed = false;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  private readonly client: LinkClient;

  /**
   * @param limitMs how long connecting and each statement may take, in milliseconds
   * @param received called with the text of each notification
   */
  constructor({ Client, options }: LinkPool, limitMs: number, received: (text: string) => void) {
    const name = options['application_name'];
    const client = new Client({
      ...options,
      // The pool hides it from copies.
      password: options['password'],
      application_name: `${typeof name === 'string' ? name : 'nestjs-hookline'} (wake-ups)`,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      connectionTimeoutMillis: limitMs,
      query_timeout: limitMs,
    });
    this.client = client;
    this.closed = new Promise((resolve) => {
      client.on('end', () => {
        this.isClosed = true;
        resolve();
      });
    });
    client.on('error', () => this.destroy());
    client.on('notification', ({ payload = '' }) => received(payload));
  }

  /** Connects. */
  async open(): Promise<LinkFacts> {
    const { client } = this;
    client.connection?.stream.unref();
    try {
      await client.connect();
    } catch (error) {
      this.destroy();
      throw error;
    }
    // With TLS it is another stream now.
    client.connection?.stream.unref();
    const [row] = await this.query('SELECT pg_backend_pid() AS pid, current_schema() AS schema');
    const isDirect = client.native === undefined && client.processID === Number(row?.['pid']);
    return { isDirect, schema: String(row?.['schema']) };
  }

  async listen(channel: string): Promise<void> {
    await this.query(`LISTEN "${channel}"`);
  }

  async unlisten(channel: string): Promise<void> {
    await this.query(`UNLISTEN "${channel}"`);
  }

  /** One statement is a transaction by itself. Nothing is stored: its commit need not wait for the disk. */
  async notify(channel: string, text: string): Promise<void> {
    await this.query(
      `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1::text, $2::text)`,
      [channel, text],
    );
  }

  /** Makes sure that the server still answers; otherwise the connection closes. */
  async test(): Promise<void> {
    await this.query('SELECT 1').catch(() => undefined);
  }

  /** Ends the connection politely, if the server answers in time. The driver waits for it without a limit. */
  async end(): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, END_LIMIT_MS);
    });
    await Promise.race([this.client.end().catch(() => undefined), isLate]);
    clearTimeout(limit);
    this.destroy();
  }

  private async query(text: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.client.query({ text, values })).rows;
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  private destroy(): void {
    this.isClosed = true;
    this.client.connection?.stream.destroy();
  }
}
