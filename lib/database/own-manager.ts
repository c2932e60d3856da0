import { QueryRunnerAlreadyReleasedError, type EntityManager } from 'typeorm';

/**
 * An `EntityManager` that is of no use after its transaction. Elsewhere the driver sees to that, when
 * the connection goes back to the pool; SQLite's one connection is never given back, and whoever keeps
 * its manager for too long would write into the next transaction, or into none.
 *
 * @internal
 */
export class OwnManager {
  readonly manager: EntityManager;
  private isEnded = false;

  constructor(manager: EntityManager) {
    this.manager = new Proxy(manager, {
      get: (target, property, receiver) => {
        if (!this.isEnded) return Reflect.get(target, property, receiver) as unknown;
        // Whoever asks whether there is a transaction to join is told that there is none.
        if (property === 'queryRunner') return undefined;
        throw new QueryRunnerAlreadyReleasedError();
      },
    });
  }

  /** Its transaction is over. */
  end(): void {
    this.isEnded = true;
  }
}
