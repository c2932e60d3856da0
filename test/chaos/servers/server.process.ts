import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChaosError } from '../chaos.error.js';
import type { Run } from '../run.js';
import { pause } from '../waiting.js';

/** Longest time that a server may take to start. */
const START_LIMIT_MS = 30_000;

/** Database servers refuse to run as root: they run as a user that owns nothing else here. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The first account that exists, if this process may choose; otherwise its own. */
export function accountFor(names: readonly string[]): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of names) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The account does not exist: try the next.
    }
  }
  return {};
}

/** A folder for a server's files, which is removed at the end of the run. */
export function temporaryFolder(run: Run, { uid, gid }: Account): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-chaos-'));
  run.cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new ChaosError('there is no port');
  return address.port;
}

/** A server program that is started, stopped and killed. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly command: string,
    private readonly parameters: readonly string[],
    private readonly options: SpawnOptions,
    /** Resolves when the server answers, rejects while it does not. */
    private readonly probe: () => Promise<void>,
  ) {}

  async start(): Promise<void> {
    this.output = '';
    const child = spawn(this.command, this.parameters, {
      ...this.options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-4_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(error.message)));
    const giveUpAt = performance.now() + START_LIMIT_MS;
    for (;;) {
      try {
        await this.probe();
        return;
      } catch (error) {
        if (child.exitCode !== null || performance.now() > giveUpAt) {
          throw new ChaosError(`${this.command} does not start: ${String(error)}\n${this.output}`);
        }
        await pause(50);
      }
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
