import type { QueryRunner } from 'typeorm';
import type { ConnectionLender } from './connection-lender.js';
import type { ConnectionUse } from './connection-use.js';
import type { ServerConnections } from './server-connections.js';
import { SilenceWatch } from './silence-watch.js';

/**
 * Watches the statements that TypeORM sends on a lent connection: those of the library for their time limit,
 * those of the host for silence of the connection. It also notes the connection's faults.
 *
 * @internal
 */
export class StatementWatch<Client extends object, Session> {
  /** The watches of transactions that may take long. */
  private readonly watches = new WeakMap<QueryRunner, SilenceWatch>();

  /** @param limitMs how long a statement of the host may take before the server is asked about it */
  constructor(
    private readonly lender: ConnectionLender<Client, Session>,
    private readonly connections: ServerConnections<Client, Session>,
    private readonly limitMs: number,
  ) {}

  /** Makes each query begin a step of the use, with a time limit of its own. */
  limitSteps(runner: QueryRunner, use: ConnectionUse): void {
    this.wrapQueries(runner, use, (query) => {
      use.next();
      return query();
    });
  }

  /** Ends the connection when it is silent; its statements may take as long as they like. */
  endWhenSilent(runner: QueryRunner, use: ConnectionUse): void {
    const { lender, limitMs } = this;
    const session = lender.sessionOf(runner);
    const watch = new SilenceWatch({
      use,
      limitMs,
      // A pooler hides which session it is.
      isWorking: async () => session === undefined || lender.isWorking(session),
      onSilence: () => lender.discard(runner),
    });
    this.watches.set(runner, watch);
    this.wrapQueries(runner, use, (query) => watch.during(query));
  }

  /** Runs a statement that bypasses TypeORM, and watches it too. */
  during<Result>(runner: QueryRunner, statement: () => Promise<Result>): Promise<Result> {
    const watch = this.watches.get(runner);
    return watch === undefined ? statement() : watch.during(statement);
  }

  private wrapQueries(
    runner: QueryRunner,
    use: ConnectionUse,
    around: (query: () => Promise<unknown>) => Promise<unknown>,
  ): void {
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const watched = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await around(() => query(...args));
      } catch (error) {
        use.isFaulty ||= this.connections.isFault(error);
        throw error;
      }
    };
    Object.assign(runner, { query: watched });
  }
}
