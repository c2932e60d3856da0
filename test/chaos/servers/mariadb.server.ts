import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { SkippedError } from '../chaos.error.js';
import type { PrivateServerKind } from './private.server.js';
import { accountFor, freePort, ServerProcess, temporaryFolder } from './server.process.js';

/** Where packages put programs; /usr/sbin is not in every user's path. */
const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** The account of the application; the observer's is root, so that they can be told apart. */
const APPLICATION = 'application';

/** MariaDB from this machine's packages, with files, a socket and a port of its own. */
export const mariadbServer: PrivateServerKind = {
  name: 'MariaDB',
  create: async (run) => {
    const program = find('mariadbd');
    const install = find('mariadb-install-db');
    const account = accountFor(['mysql', 'nobody']);
    const folder = temporaryFolder(run, account);
    const data = join(folder, 'data');
    execFileSync(
      install,
      [
        '--no-defaults',
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ],
      { ...account, cwd: folder, stdio: 'pipe' },
    );
    const port = await freePort();
    const query = async (...statements: readonly string[]): Promise<unknown> => {
      const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
      try {
        let rows: unknown;
        for (const sql of statements) [rows] = await connection.query(sql);
        return rows;
      } finally {
        connection.destroy();
      }
    };
    const server = new ServerProcess(
      program,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
      ],
      { ...account, cwd: folder },
      async () => void (await query('SELECT 1')),
    );
    run.cleanUp(() => server.end('SIGKILL'));
    await server.start();
    await query(
      'CREATE DATABASE chaos CHARACTER SET utf8mb4',
      `CREATE USER ${APPLICATION}@'127.0.0.1'`,
      `GRANT ALL ON chaos.* TO ${APPLICATION}@'127.0.0.1'`,
    );
    return {
      port,
      options: (at) => ({
        type: 'mariadb',
        url: `mysql://${at === port ? 'root' : APPLICATION}@127.0.0.1:${at}/chaos`,
        autoLoadEntities: true,
        retryAttempts: 1,
      }),
      cutConnections: async () => void (await query(`KILL USER ${APPLICATION}@'127.0.0.1'`)),
      setReadOnly: async (isReadOnly) =>
        void (await query(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`)),
      stop: () => server.end('SIGTERM'),
      crash: () => server.end('SIGKILL'),
      start: () => server.start(),
    };
  },
};

function find(program: string): string {
  const path = PROGRAM_FOLDERS.map((folder) => join(folder, program)).find(existsSync);
  if (path === undefined) throw new SkippedError(`MariaDB (${program}) is not installed`);
  return path;
}
