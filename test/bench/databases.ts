import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import mysqlDriver from 'mysql2/promise';
import pg from 'pg';

/** An empty database of its own for one comparison. */
export interface BenchDatabase {
  readonly kind: DatabaseName;
  /** Can be sent to another process. */
  readonly options: TypeOrmModuleOptions;
  drop(): Promise<void>;
}

export type DatabaseName = 'sqlite' | 'postgres' | 'mysql';

/** A kind of database that the rows are measured on. */
export interface DatabaseKind {
  readonly name: DatabaseName;
  readonly label: string;
  /** Whether the table has targets for it; otherwise only receiving is measured, for information. */
  readonly hasTarget: boolean;
  create(): Promise<BenchDatabase>;
  /** The settings that decide how durable a commit is; rejects if the database does not answer. */
  durability(): Promise<string>;
}

export const POSTGRES_URL =
  process.env['POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const MYSQL_URL = process.env['MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';

/** A folder on the disk of the repository: a temporary folder may be in memory, where nothing is synced. */
const DATA = fileURLToPath(new URL('../.data/', import.meta.url));

const sqlite: DatabaseKind = {
  name: 'sqlite',
  label: 'SQLite',
  hasTarget: true,
  durability: () => Promise.resolve('journal_mode = WAL, synchronous = FULL'),
  create: () => {
    mkdirSync(DATA, { recursive: true });
    const folder = mkdtempSync(join(DATA, 'sqlite-'));
    return Promise.resolve({
      kind: 'sqlite',
      options: {
        type: 'better-sqlite3',
        database: join(folder, 'bench.sqlite'),
        enableWAL: true,
        autoLoadEntities: true,
        synchronize: true,
      },
      drop: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
    });
  },
};

const postgres: DatabaseKind = {
  name: 'postgres',
  label: 'PostgreSQL',
  hasTarget: true,
  durability: async () => {
    const [row] = await onPostgres(
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages,
        current_setting('shared_buffers') AS buffers`,
    );
    return (
      `fsync = ${row?.['fsync']}, synchronous_commit = ${row?.['commit']}, ` +
      `full_page_writes = ${row?.['pages']}, shared_buffers = ${row?.['buffers']}, ` +
      `version ${row?.['version']}`
    );
  },
  create: async () => {
    const schema = `hookline_bench_${randomBytes(6).toString('hex')}`;
    await onPostgres(`CREATE SCHEMA ${schema}`);
    return {
      kind: 'postgres',
      options: {
        type: 'postgres',
        url: POSTGRES_URL,
        schema,
        // The host's own unqualified statements find its tables too.
        extra: { options: `-c search_path=${schema}` },
        autoLoadEntities: true,
        synchronize: true,
      },
      drop: () => dropSchema(schema),
    };
  },
};

const mysql: DatabaseKind = {
  name: 'mysql',
  label: 'MySQL',
  hasTarget: false,
  durability: async () => {
    const [row] = await onMysql(
      'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush, @@log_bin AS log_bin',
    );
    return (
      `innodb_flush_log_at_trx_commit = ${String(row?.['flush'])}, ` +
      `log_bin = ${String(row?.['log_bin'])}, version ${String(row?.['version'])}`
    );
  },
  create: async () => {
    const name = `hookline_bench_${randomBytes(6).toString('hex')}`;
    await onMysql(`CREATE DATABASE ${name}`);
    const type = (await isMariadb()) ? 'mariadb' : 'mysql';
    const url = new URL(MYSQL_URL);
    url.pathname = `/${name}`;
    return {
      kind: 'mysql',
      options: { type, url: url.href, autoLoadEntities: true, synchronize: true },
      drop: async () => void (await onMysql(`DROP DATABASE ${name}`)),
    };
  },
};

const KINDS: readonly DatabaseKind[] = [sqlite, postgres, mysql];

/** The kinds that are asked for and answer, each with its durability. */
export async function findDatabases(
  names: readonly string[],
  warn: (line: string) => void,
): Promise<{ kind: DatabaseKind; durability: string }[]> {
  const found = [];
  for (const kind of KINDS) {
    if (names.length > 0 && !names.includes(kind.name)) continue;
    try {
      found.push({ kind, durability: await kind.durability() });
    } catch (error) {
      warn(`${kind.label} does not answer and is left out: ${(error as Error).message}`);
    }
  }
  return found;
}

export async function dropSchema(schema: string): Promise<void> {
  await onPostgres(`DROP SCHEMA ${schema} CASCADE`);
}

async function onPostgres(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function isMariadb(): Promise<boolean> {
  const [row] = await onMysql('SELECT VERSION() AS version');
  return String(row?.['version']).includes('MariaDB');
}

async function onMysql(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await mysqlDriver.createConnection({ uri: MYSQL_URL });
  try {
    const [rows] = await connection.query(sql);
    return rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}
