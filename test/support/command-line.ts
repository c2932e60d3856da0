import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { run } from '../../lib/cli/program.js';

const ROOT = resolve(__dirname, '../..');

/** The folders that the command line loads. */
const FOLDERS = ['cli', 'errors', 'event', 'signatures', 'testing'];

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs it in this process, with the output that it writes: Node.js starts more slowly than most commands run. */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  let [out, err] = ['', ''];
  const code = await run(args, {
    version: '0.0.0',
    env,
    now: () => new Date(),
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

/**
 * The command line as JavaScript, compiled once: a process for each call must start quickly. It is inside of
 * the repository, where it finds its packages.
 */
export class CommandLine {
  private readonly folder: string;

  constructor() {
    mkdirSync(join(ROOT, 'test', '.cli'), { recursive: true });
    this.folder = mkdtempSync(join(ROOT, 'test', '.cli', 'run-'));
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module", "version": "0.0.0" }');
    for (const folder of FOLDERS) {
      for (const file of readdirSync(join(ROOT, 'lib', folder), {
        recursive: true,
        encoding: 'utf8',
      })) {
        if (file.endsWith('.ts') && !file.endsWith('.spec.ts')) this.compile(join(folder, file));
      }
    }
  }

  /** Runs it in a process of its own, as a shell does. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const main = join(this.folder, 'dist/cli/main.js');
    const child = spawn(process.execPath, [main, ...args], { env: { ...env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return new Promise((done, fail) => {
      child.once('error', fail);
      child.once('close', (code) => done({ code, out, err }));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private compile(file: string): void {
    const filename = join(ROOT, 'lib', file);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      configFile: join(ROOT, '.swcrc'),
      module: { type: 'es6' },
      sourceMaps: false,
    });
    const target = join(this.folder, 'dist', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}
