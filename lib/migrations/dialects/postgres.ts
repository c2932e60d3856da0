import type { DataSource, QueryRunner } from 'typeorm';
import type { IndexNames, MigrationDialect } from './migration.dialect.js';
import { plainTypes } from './plain-types.js';

/** @internal */
export function postgresMigrations(dataSource: DataSource): MigrationDialect {
  const { driver } = dataSource;
  const schema = ownSchema(dataSource);
  return {
    columns: plainTypes('uuid', 'character varying'),
    no: 'false',
    hasPartialIndexes: true,
    indexNames: indexNames(dataSource),
    bytesOf: (column) => `OCTET_LENGTH(${column})`,
    quote: (table) =>
      schema === undefined
        ? driver.escape(table)
        : `${driver.escape(schema)}.${driver.escape(table)}`,
  };
}

function indexNames(dataSource: DataSource): IndexNames {
  const { driver } = dataSource;
  const schemaOf = async (runner: QueryRunner): Promise<string> =>
    ownSchema(dataSource) || (await runner.getCurrentSchema()) || 'public';
  return {
    isTaken: async (runner, name) => {
      const rows: unknown[] = await runner.query(
        'SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = to_regnamespace($2)',
        [name, await schemaOf(runner)],
      );
      return rows.length > 0;
    },
    rename: async (runner, table, { from, to }) => {
      const schema = await schemaOf(runner);
      // The name may belong to the table of another application.
      const rows: unknown[] = await runner.query(
        'SELECT 1 FROM pg_indexes WHERE schemaname = $1 AND tablename = $2 AND indexname = $3',
        [schema, table, from],
      );
      if (rows.length === 0) return;
      await runner.query(
        `ALTER INDEX ${driver.escape(schema)}.${driver.escape(from)} RENAME TO ${driver.escape(to)}`,
      );
    },
  };
}

/** The schema that the host has set for the data source. */
function ownSchema({ options }: DataSource): string | undefined {
  return 'schema' in options ? options.schema : undefined;
}
