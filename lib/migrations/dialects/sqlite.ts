import { TableIndex, type DataSource } from 'typeorm';
import type { IndexNames, MigrationDialect } from './migration.dialect.js';
import { plainTypes } from './plain-types.js';

/** @internal */
export function sqliteMigrations({ driver }: DataSource): MigrationDialect {
  return {
    columns: plainTypes('varchar', 'varchar'),
    no: '0',
    hasPartialIndexes: true,
    indexNames: INDEX_NAMES,
    bytesOf: (column) => `LENGTH(CAST(${column} AS BLOB))`,
    quote: (table) => driver.escape(table),
  };
}

const INDEX_NAMES: IndexNames = {
  isTaken: async (runner, name) => {
    const rows: unknown[] = await runner.query('SELECT 1 FROM sqlite_master WHERE name = ?', [
      name,
    ]);
    return rows.length > 0;
  },
  // SQLite cannot rename an index.
  rename: async (runner, table, { from, to }) => {
    const index = (await runner.getTable(table))?.indices.find(({ name }) => name === from);
    if (index === undefined) return;
    await runner.dropIndex(table, index);
    await runner.createIndex(table, new TableIndex({ ...index, name: to }));
  },
};
