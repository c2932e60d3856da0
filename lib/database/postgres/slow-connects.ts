/** The part of `pg`'s pool that is used here. Its clients include those that are still connecting. */
export interface ConnectingPool {
  readonly _clients?: readonly ConnectingClient[];
  end(...parameters: unknown[]): unknown;
}

interface ConnectingClient {
  readonly _connecting?: boolean;
  readonly connection?: { readonly stream: { destroy(): void } };
}

/**
 * Ends attempts to connect to a PostgreSQL server that does not answer. Without a time limit of the host,
 * `pg` waits forever, and keeps the place in the pool.
 *
 * @internal
 */
export class SlowConnects {
  private readonly since = new WeakMap<ConnectingClient, number>();

  /** @param limitMs how long it may take to connect, in milliseconds */
  constructor(
    private readonly pools: readonly ConnectingPool[],
    private readonly limitMs: number,
  ) {
    for (const pool of pools) endConnectingWith(pool);
  }

  /** Ends those that have been seen connecting for too long. */
  end(): void {
    const now = performance.now();
    for (const { _clients: clients = [] } of this.pools) {
      for (const client of clients) {
        if (client._connecting !== true) continue;
        const since = this.since.get(client);
        if (since === undefined) this.since.set(client, now);
        else if (now - since >= this.limitMs) client.connection?.stream.destroy();
      }
    }
  }
}

/**
 * Once the host ends its pool, nobody waits for connections that are not open yet. The pool would wait for them,
 * and so would a stop of the application: for ever, if the server has fallen silent.
 */
function endConnectingWith(pool: ConnectingPool): void {
  const end = pool.end.bind(pool);
  pool.end = (...parameters) => {
    for (const client of pool._clients ?? []) {
      if (client._connecting === true) client.connection?.stream.destroy();
    }
    return end(...parameters);
  };
}
