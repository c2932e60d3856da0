import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Steps } from './statement.js';

/** The databases that the library can run on. */
export type DatabaseKind = 'sqlite' | 'postgres';

/**
 * Runs the library's statements on the host's `DataSource`.
 *
 * @internal
 */
export abstract class SqlDatabase {
  abstract readonly kind: DatabaseKind;

  constructor(readonly dataSource: DataSource) {}

  /** Runs the steps in one transaction of their own; all of them take effect, or none. */
  abstract transaction<Result>(steps: () => Steps<Result>): Promise<Result>;

  /** Gives the work a transaction of its own, in which it may await whatever it likes. */
  abstract managed<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;

  /**
   * Whether the error is about a value in the statement (one row of a group is at fault) and not
   * about the database (every row would fail alike).
   */
  abstract isValueError(error: unknown): boolean;

  /** Runs the steps inside of a transaction that is open already. */
  async within<Result>(manager: EntityManager, steps: Steps<Result>): Promise<Result> {
    const runner = manager.queryRunner;
    if (runner === undefined) {
      throw new TypeError('This EntityManager has no open transaction: take the one that transaction() gives.');
    }
    let step = steps.next();
    while (step.done !== true) {
      const { sql, parameters } = step.value;
      const result = await runner.query(sql, [...parameters], true);
      step = steps.next(result.records);
    }
    return step.value;
  }

  /** The quoted name of an entity's table, with the host's schema and prefix. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return this.dataSource
      .getMetadata(entity)
      .tablePath.split('.')
      .map((part) => this.dataSource.driver.escape(part))
      .join('.');
  }
}
