import type { DataSource } from 'typeorm';

/** A query runner of TypeORM 1.x, or of 0.3, where the data source has another name. */
type Runner = { readonly dataSource: DataSource } | { readonly connection: DataSource };

/**
 * The data source that a query runner belongs to.
 *
 * @internal
 */
export function dataSourceOf(runner: Runner): DataSource {
  return 'dataSource' in runner ? runner.dataSource : runner.connection;
}
