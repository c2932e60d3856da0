import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export type PoolMode = 'transaction' | 'session';

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Where packages put it; /usr/sbin is not in every user's path. */
const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(
  (path) => existsSync(path),
);

export const hasPgBouncer = PROGRAM !== undefined;

/** PgBouncer refuses to run as root: this account runs it instead. */
const ACCOUNT = 'postgres';

const START_LIMIT_MS = 15_000;

/** Starts a new PgBouncer before a server, with few server connections for many clients. */
export async function startPgBouncer(serverUrl: string, mode: PoolMode): Promise<PgBouncer> {
  if (PROGRAM === undefined) throw new Error('PgBouncer is not installed.');
  const { hostname, port: serverPort, username } = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), 'hookline-pgbouncer-'));
  const port = await freePort();
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(
    config,
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort || 5432} user=${username || 'postgres'}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      `default_pool_size = ${mode === 'transaction' ? 4 : 30}`,
      // Parameters that TypeORM or the host sends for the whole session.
      'ignore_startup_parameters = extra_float_digits,options',
    ].join('\n'),
  );
  if (process.getuid?.() === 0) {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, ACCOUNT], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
    chownSync(config, id('-u'), id('-g'));
  }
  const user = process.getuid?.() === 0 ? ['-u', ACCOUNT] : [];
  const child = spawn(PROGRAM, [...user, config], { stdio: 'ignore', cwd: folder });
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (!(await answers(serverUrl, port))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      child.kill('SIGKILL');
      throw new Error('PgBouncer does not start.');
    }
    await pause(50);
  }
  return {
    port,
    stop: async () => {
      const exited = once(child, 'exit');
      if (child.kill('SIGKILL')) await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The URL of a server through PgBouncer. */
export function throughPgBouncer(serverUrl: string, { port }: PgBouncer): string {
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}

async function answers(serverUrl: string, port: number): Promise<boolean> {
  const connectionString = throughPgBouncer(serverUrl, { port, stop: () => Promise.resolve() });
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('There is no port.');
  return address.port;
}
