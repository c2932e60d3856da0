import type { DataSource, QueryRunner } from 'typeorm';
import type { StatementGate } from '../statement-gate.js';
import { TransactionEndedError } from '../transaction-ended.error.js';

/** The part of TypeORM's better-sqlite3 query runner that is used here. */
interface Runner extends QueryRunner {
  transactionDepth: number;
  readonly stmtCache: Map<string, PreparedStatement>;
  getStmt(sql: string): Promise<PreparedStatement>;
}

interface PreparedStatement {
  readonly reader: boolean;
  readonly readonly: boolean;
  all(...parameters: unknown[]): unknown;
  run(...parameters: unknown[]): unknown;
}

/** The query runner of one transaction, and whether that has begun. */
export interface TransactionRunner {
  readonly runner: QueryRunner;
  hasBegun(): boolean;
}

/**
 * A query runner for one transaction, on the shared connection. TypeORM has one runner for SQLite, which is
 * never released: code that kept its manager, a repository or a query builder would write into the next
 * transaction, or into none. This one ends with its transaction. It counts transactions together with the
 * shared one, as there is only one connection.
 *
 * @param beforeWriting called once, before the first statement that writes
 *
 * @internal
 */
export function createTransactionRunner(
  dataSource: DataSource,
  gate: StatementGate,
  connection: { readonly inTransaction: boolean },
  beforeWriting: () => Promise<void>,
): TransactionRunner {
  const shared = dataSource.createQueryRunner() as Runner;
  const RunnerClass = shared.constructor as new (driver: unknown) => Runner;
  const own = new RunnerClass(dataSource.driver);
  let hasBegun = false;
  let mayWrite: Promise<void> | undefined;

  const getStmt = own.getStmt.bind(own);
  Object.assign(own, {
    stmtCache: shared.stmtCache,
    manager: dataSource.createEntityManager(own),
    release: () => {
      Object.assign(own, { isReleased: true });
      return Promise.resolve();
    },
    getStmt: async (sql: string): Promise<PreparedStatement> => {
      const statement = await getStmt(sql);
      if (hasBegun && connection.inTransaction && !statement.readonly) {
        await (mayWrite ??= beforeWriting());
      }
      const send = (execute: () => unknown): unknown => {
        // SQLite, or code that shares the connection, may have rolled back: the statement would then commit
        // by itself.
        if (hasBegun !== connection.inTransaction) throw new TransactionEndedError();
        const result = gate.send(sql, execute);
        hasBegun ||= sql === BEGIN;
        return result;
      };
      return {
        reader: statement.reader,
        readonly: statement.readonly,
        all: (...parameters) => send(() => statement.all(...parameters)),
        run: (...parameters) => send(() => statement.run(...parameters)),
      };
    },
  });
  Object.defineProperties(own, {
    isTransactionActive: {
      get: () => !own.isReleased && shared.isTransactionActive,
      set: (isActive: boolean) => Object.assign(shared, { isTransactionActive: isActive }),
    },
    transactionDepth: {
      get: () => shared.transactionDepth,
      set: (depth: number) => (shared.transactionDepth = depth),
    },
  });
  return { runner: own, hasBegun: () => hasBegun };
}

/** The statement that TypeORM begins a transaction with. */
const BEGIN = 'BEGIN TRANSACTION';
