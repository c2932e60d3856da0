import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestDatabase } from './databases.js';
import { Signal } from './signal.js';

/** An application in a process of its own: by default that of `process-app.ts`, whose handlers do not end. */
export class AppProcess {
  private readonly lines = new Signal<string>();
  private readonly child: ChildProcess;

  /**
   * @param script the application, a file of this folder
   * @param settings environment variables for it
   */
  constructor(
    database: Pick<TestDatabase, 'options'>,
    script = 'process-app.ts',
    settings: Record<string, string> = {},
  ) {
    this.child = spawn(
      process.execPath,
      ['--import', './test/support/ts-loader.mjs', `./test/support/${script}`],
      {
        cwd: resolve(__dirname, '../..'),
        env: { ...process.env, ...settings, DATABASE: JSON.stringify(database.options) },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The rest of the next line that begins with the word. */
  async told(word: string): Promise<string> {
    for (;;) {
      const line = await this.lines.next();
      if (line.startsWith(`${word} `)) return line.slice(word.length + 1);
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
