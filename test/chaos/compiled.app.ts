import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The files of the application, besides the library. */
const APP_FILES = [
  'test/chaos/app.ts',
  'test/chaos/chaos.error.ts',
  'test/chaos/effect.entity.ts',
  'test/chaos/lane.handlers.ts',
  'test/chaos/mail.handlers.ts',
  'test/chaos/rule.handlers.ts',
  'test/chaos/storm.handlers.ts',
  'test/chaos/timed.handlers.ts',
  'test/chaos/timing.entity.ts',
  'test/chaos/timing.handlers.ts',
  'test/chaos/timing.history.ts',
  'test/chaos/walk.entity.ts',
  'test/chaos/walk.handlers.ts',
  'test/support/game.ts',
];

/**
 * The application and the library as JavaScript, compiled once for each run: processes that are killed by the
 * dozen must start quickly. It is inside of the repository, where it finds its packages.
 */
export class CompiledApp {
  readonly path: string;
  private readonly folder = mkdtempSync(join(ROOT, 'test', '.chaos-'));

  constructor() {
    for (const file of [...sourceFiles('lib'), ...APP_FILES]) this.compile(file);
    this.path = join(this.folder, 'test/chaos/app.js');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private compile(file: string): void {
    const filename = join(ROOT, file);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      configFile: join(ROOT, '.swcrc'),
      module: { type: 'es6' },
    });
    const target = join(this.folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => join(folder, file));
}
