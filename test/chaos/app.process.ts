import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { ProcessRole } from '../../lib/processes/roles.option.js';
import type { QueueOptions } from '../../lib/queue/queue.options.js';
import { ROOT, type CompiledApp } from './compiled.app.js';
import type { ChaosDatabase } from './chaos.database.js';
import { ChaosError } from './chaos.error.js';

export interface AppSettings {
  readonly database: ChaosDatabase;
  readonly queue?: QueueOptions;
  /** @default all */
  readonly roles?: readonly ProcessRole[];
  readonly workMs?: number;
  readonly faulty?: boolean;
  /** URL of the server that takes its mails. */
  readonly mailServer?: string;
  /** Options of Node.js, such as the size of its heap. */
  readonly nodeOptions?: readonly string[];
  /** How far its machine's clock is from the true time, in milliseconds. */
  readonly clockSkewMs?: number;
  /** Gets the lines of its handlers: `handled <event id> <attempt>`. */
  readonly tell: (line: string) => void;
}

/**
 * The defaults, except options that would make a scenario take minutes or days: leases run out soon, retries
 * come soon, a stop does not wait for long. A process leases few jobs at a time, so that several processes
 * have work. `maxAttempts` has its default.
 */
const QUEUE: QueueOptions = {
  leaseMs: 1_000,
  pollIntervalMs: 100,
  stopTimeoutMs: 1_000,
  concurrency: 10,
  prefetch: 40,
  backoff: { baseMs: 50, capMs: 500 },
};

/** Lines of the application's handlers; everything else is its log. */
const TOLD = /^(started|handled|late|sent|mailing|laned|tried|timed) /;

/** How late the time of an application's clock may be read. */
const CLOCK_MARGIN_MS = 60_000;

/** How many lines of an application's log to keep for a failure, without refused requests. */
const MAX_LOG_LINES = 30;

/** An application in a process of its own. */
export class AppProcess {
  /** Its URL. Rejects when it ends before it listens. */
  readonly listening: Promise<string>;
  /** Resolves when it has ended and all its output was read. */
  readonly ended: Promise<void>;
  /** Where it listens, while it runs. */
  url: string | undefined;
  private readonly child: ChildProcess;
  private readonly log: string[] = [];
  private fresh: string[] = [];
  private isToldToEnd = false;

  constructor(compiled: CompiledApp, settings: AppSettings) {
    const {
      database,
      queue,
      roles,
      workMs = 0,
      faulty = false,
      mailServer,
      nodeOptions = [],
      clockSkewMs = 0,
      tell,
    } = settings;
    const skew = clockSkewMs === 0 ? [] : ['--import', join(ROOT, 'test/chaos/skewed-date.mjs')];
    this.child = spawn(process.execPath, [...nodeOptions, ...skew, compiled.path], {
      cwd: ROOT,
      env: {
        ...process.env,
        CLOCK_SKEW_MS: String(clockSkewMs),
        CHAOS_SETTINGS: JSON.stringify({
          database: database.options,
          queue: { ...QUEUE, ...queue },
          roles,
          workMs,
          faulty,
          mailServer,
        }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'close').then(() => {
      this.url = undefined;
    });
    this.listening = new Promise((resolve, reject) => {
      const read = (line: string): void => {
        if (line.startsWith('listening ')) {
          const [, url = '', time] = line.split(' ');
          const isClockOff = Math.abs(Number(time) - Date.now() - clockSkewMs) > CLOCK_MARGIN_MS;
          if (isClockOff) reject(new ChaosError(`its clock is not ${clockSkewMs} ms off`));
          this.url = url;
          resolve(url);
        } else if (TOLD.test(line)) tell(line);
        else this.keep(line);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on('line', read);
      }
      void this.ended.then(() => reject(new ChaosError(`it ended at its start`)));
    });
    // A scenario that kills it while it starts does not await this.
    this.listening.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** @throws {ChaosError} if it has ended by itself */
  assertAlive(): void {
    const { exitCode, signalCode } = this.child;
    if (this.isToldToEnd || (exitCode === null && signalCode === null)) return;
    throw new ChaosError(`the application ended by itself (${exitCode ?? signalCode})`);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it as a deployment does. @throws {ChaosError} unless it ends with exit code 0 */
  async stop(): Promise<void> {
    this.assertAlive();
    const { exitCode, signalCode } = await this.end('SIGTERM');
    if (exitCode !== 0) {
      throw new ChaosError(`a graceful stop ended with ${exitCode ?? signalCode} and not with 0`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The lines of its log since the last call, without those about single requests. */
  takeLog(): string[] {
    const lines = this.fresh;
    this.fresh = [];
    return lines;
  }

  /** The end of its log. */
  lastWords(): string {
    return this.log.map((line) => `    | ${line}`).join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<ChildProcess> {
    this.isToldToEnd = true;
    this.url = undefined;
    this.child.kill(signal);
    await this.ended;
    return this.child;
  }

  private keep(line: string): void {
    if (line.includes('Refused a request')) return;
    this.fresh.push(line);
    this.log.push(line);
    if (this.log.length > MAX_LOG_LINES) this.log.shift();
  }
}
