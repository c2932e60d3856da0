/** The part of `pg`'s pool that is used here. Its clients include those that are still connecting. */
export interface ConnectingPool {
  readonly _clients?: readonly ConnectingClient[];
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
  ) {}

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
