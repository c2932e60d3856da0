import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import mysqlDriver from 'mysql2/promise';
import pg from 'pg';
import { isAvailable, MYSQL, POSTGRES } from './services.js';

/** An empty database of its own for one test, which several applications may open. */
export interface TestDatabase {
  readonly options: TypeOrmModuleOptions;
  drop(): Promise<void>;
}

/** A kind of database that flows are tested on. */
export interface DatabaseKind {
  readonly name: string;
  readonly available: boolean;
  create(): Promise<TestDatabase>;
}

const IN_MEMORY = '/dev/shm';

/** In memory, if the system has such a folder with room: these files need not survive a power cut. */
const FOLDER = freeBytes(IN_MEMORY) > 512 * 1024 * 1024 ? IN_MEMORY : tmpdir();

const sqlite: DatabaseKind = {
  name: 'SQLite',
  available: true,
  create: () => {
    const folder = mkdtempSync(join(FOLDER, 'hookline-'));
    return Promise.resolve({
      options: {
        type: 'better-sqlite3',
        database: join(folder, 'test.db'),
        enableWAL: true,
        // An application that fails to start must not retry its connection after its test.
        retryAttempts: 1,
        autoLoadEntities: true,
        synchronize: true,
      },
      drop: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
    });
  },
};

const postgres: DatabaseKind = {
  name: POSTGRES.name,
  available: isAvailable(POSTGRES),
  create: async () => {
    const schema = `hookline_${randomBytes(6).toString('hex')}`;
    await onPostgres(`CREATE SCHEMA ${schema}`);
    return {
      options: {
        type: 'postgres',
        url: POSTGRES.url,
        schema,
        // The host's own unqualified statements find its tables too.
        extra: { options: `-c search_path=${schema} -c synchronous_commit=off` },
        retryAttempts: 1,
        autoLoadEntities: true,
        synchronize: true,
      },
      drop: () => onPostgres(`DROP SCHEMA ${schema} CASCADE`),
    };
  },
};

const mysql: DatabaseKind = {
  name: MYSQL.name,
  available: isAvailable(MYSQL),
  create: async () => {
    const name = `hookline_${randomBytes(6).toString('hex')}`;
    await onMysql(`CREATE DATABASE ${name}`);
    const url = new URL(MYSQL.url);
    url.pathname = `/${name}`;
    return {
      options: {
        type: MYSQL.type,
        url: url.href,
        retryAttempts: 1,
        autoLoadEntities: true,
        synchronize: true,
      },
      drop: () => onMysql(`DROP DATABASE ${name}`),
    };
  },
};

export const DATABASES: readonly DatabaseKind[] = [sqlite, postgres, mysql];

/** Those behind a pool of connections; SQLite has one connection, which it shares with the host. */
export const SERVERS: readonly DatabaseKind[] = [postgres, mysql];

/** Has the connections to PostgreSQL begin with a setting, such as `deadlock_timeout=10ms`. Others stay as they are. */
export function withPostgresSetting(
  options: TestDatabase['options'],
  setting: string,
): TestDatabase['options'] {
  if (options.type !== 'postgres') return options;
  const { options: given } = options.extra as { options: string };
  return { ...options, extra: { options: `${given} -c ${setting}` } };
}

/** Runs a suite on every database; one that does not answer is skipped by name. */
export function describeOnDatabases(
  name: string,
  body: (kind: DatabaseKind) => void,
  kinds = DATABASES,
): void {
  for (const kind of kinds) {
    if (kind.available) describe(`${name} on ${kind.name}`, () => body(kind));
    else describe.skip(`${name} on ${kind.name} [skipped: it does not answer]`, () => body(kind));
  }
}

function freeBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

async function onPostgres(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function onMysql(sql: string): Promise<void> {
  const connection = await mysqlDriver.createConnection({ uri: MYSQL.url });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
