import { DataSource, type DataSourceOptions } from 'typeorm';
import type { BenchDatabase, DatabaseName } from './databases.js';

/** Copies of the only row of a table. */
export interface Copies {
  readonly table: string;
  readonly count: number;
  /** What differs between them: SQL of the copy's number `i`, by column. */
  readonly set: Readonly<Record<string, string>>;
}

/** The ways of a database to make many rows. */
interface Ways {
  /** The numbers `i` from 1 up to a count, as the end of a FROM. */
  numbers(count: number): string;
  /** A UUID of version 7, in the order of time, like the library's own keys. */
  uuid(salt: string, instant: string): string;
  /** Leaves statistics and disk as after months. */
  settle(table: string): string;
  readonly sync: string;
}

const WAYS: Partial<Record<DatabaseName, Ways>> = {
  postgres: {
    numbers: (count) => `generate_series(1, ${count}) AS number(i)`,
    uuid: (salt, instant) =>
      `(lpad(to_hex(${instant}), 12, '0') || '7' || substr(md5('${salt}' || i), 1, 3) || 'a' ||
        substr(md5('${salt}' || i), 4, 15))::uuid`,
    settle: (table) => `VACUUM ANALYZE ${table}`,
    sync: 'CHECKPOINT',
  },
  sqlite: {
    numbers: (count) =>
      `(WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ${count})
        SELECT i FROM number)`,
    uuid: (salt, instant) =>
      `printf('%08x-%04x-7%03x-a%03x-%012x', (${instant}) >> 16, (${instant}) & 65535,
        (i * 2654435761 + ${salt.length}) & 4095, i & 4095,
        (i * 11400714819323 + ${salt.length}) & 281474976710655)`,
    settle: (table) => `ANALYZE ${table}`,
    sync: 'PRAGMA wal_checkpoint(TRUNCATE)',
  },
};

export function waysOf({ kind }: BenchDatabase): Ways {
  const ways = WAYS[kind];
  if (ways === undefined) throw new TypeError(`There is no way to fill ${kind} yet.`);
  return ways;
}

/**
 * Copies rows that the library itself has written, so that the copies have all that it gives them, in a few
 * seconds.
 */
export async function copyRows(database: BenchDatabase, all: readonly Copies[]): Promise<void> {
  const { numbers, settle, sync } = waysOf(database);
  const source = new DataSource({
    ...(database.options as DataSourceOptions),
    synchronize: false,
    entities: [],
  });
  await source.initialize();
  // One connection: it has the temporary tables.
  const runner = source.createQueryRunner();
  try {
    for (const { table, count, set } of all) {
      await runner.query(`CREATE TEMPORARY TABLE template_${table} AS SELECT * FROM ${table}`);
      const rows = (await runner.query(`SELECT * FROM template_${table}`)) as object[];
      if (rows.length !== 1) throw new Error(`Expected one row in ${table}, got ${rows.length}.`);
      const columns = Object.keys(rows[0] as object);
      const values = columns.map((column) => set[column] ?? `template.${column}`);
      await runner.query(
        `INSERT INTO ${table} (${columns.join(', ')})
          SELECT ${values.join(', ')} FROM template_${table} AS template, ${numbers(count)}`,
      );
      await runner.query(settle(table));
    }
    await runner.query(sync);
  } finally {
    await runner.release();
    await source.destroy();
  }
}
