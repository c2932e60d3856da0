import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { SkippedError } from '../chaos.error.js';
import type { PrivateServerKind } from './private.server.js';
import { accountFor, freePort, ServerProcess, temporaryFolder } from './server.process.js';

/** Tells the observer's connections from the application's. */
const OBSERVER = 'observer';

/** PostgreSQL from this machine's packages, with files and a port of its own. */
export const postgresServer: PrivateServerKind = {
  name: 'PostgreSQL',
  create: async (run) => {
    const programs = findPrograms();
    const account = accountFor(['postgres', 'nobody']);
    const folder = temporaryFolder(run, account);
    const data = join(folder, 'data');
    execFileSync(
      join(programs, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
      { ...account, cwd: folder, stdio: 'pipe' },
    );
    const port = await freePort();
    const url = (at: number, name: string): string =>
      `postgres://postgres@127.0.0.1:${at}/postgres?application_name=${name}`;
    const query = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: url(port, OBSERVER) });
      // A server in shutdown may end the connection at any moment.
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    };
    const server = new ServerProcess(
      join(programs, 'postgres'),
      ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
      { ...account, cwd: folder },
      () => query('SELECT 1'),
    );
    run.cleanUp(() => server.end('SIGKILL'));
    await server.start();
    return {
      port,
      options: (at) => ({
        type: 'postgres',
        url: url(at, at === port ? OBSERVER : 'application'),
        autoLoadEntities: true,
        retryAttempts: 1,
      }),
      cutConnections: () =>
        query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'application'`,
        ),
      setReadOnly: async (isReadOnly) => {
        await query(
          `ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`,
        );
        await query('SELECT pg_reload_conf()');
      },
      // "Fast": open transactions are rolled back and connections ended.
      stop: () => server.end('SIGINT'),
      // "Immediate": no clean-up at all; the next start recovers from the log.
      crash: () => server.end('SIGQUIT'),
      start: () => server.start(),
    };
  },
};

/** Where initdb and postgres are. */
function findPrograms(): string {
  const folder = candidates().find((path) => existsSync(join(path, 'initdb')));
  if (folder === undefined)
    throw new SkippedError('PostgreSQL (initdb, postgres) is not installed');
  return folder;
}

function candidates(): string[] {
  const folders: string[] = [];
  try {
    folders.push(
      execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim(),
    );
  } catch {
    // Only the development files contain pg_config.
  }
  const packaged = '/usr/lib/postgresql';
  if (existsSync(packaged)) {
    folders.push(...readdirSync(packaged).map((version) => join(packaged, version, 'bin')));
  }
  return folders;
}
