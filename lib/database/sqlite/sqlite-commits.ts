import type { Steps } from '../statement.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { isLockedByOther } from './sqlite-error.js';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, type SqliteLock } from './sqlite-lock.js';

/** A transaction that has not begun. */
interface Waiting {
  readonly steps: () => Steps<unknown>;
  /** When to give it up, by `performance.now()`; set when it first met a lock. */
  giveUpAt?: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Commits the library's own transactions. Those of the same turn of the event loop share one commit, the most
 * expensive part: the accepted events, and the outcomes of earlier ones. They run synchronously, without
 * yielding to the event loop, and only when no other transaction is open.
 *
 * @internal
 */
export class SqliteCommits {
  private waiting: Waiting[] = [];
  /** How long to wait before the next try to get the lock, in milliseconds. */
  private lockPauseMs = FIRST_PAUSE_MS;

  /** @param lockLimitMs how long a transaction waits for the lock of another process, in milliseconds */
  constructor(
    private readonly connection: SqliteConnection,
    private readonly lock: SqliteLock,
    private readonly lockLimitMs: number,
  ) {}

  run<Result>(steps: () => Steps<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ steps, resolve: resolve as Waiting['resolve'], reject });
      if (this.waiting.length === 1) setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    let problem: unknown;
    await this.connection.untilIdle().catch((error: unknown) => (problem = error));
    const group = this.waiting;
    this.waiting = [];
    if (problem === undefined) this.commit(group);
    else for (const { reject } of group) reject(problem);
  }

  /**
   * If one of them fails, each runs by itself, so that the others succeed; but not after a lock, for which
   * all would wait again.
   */
  private commit(group: readonly Waiting[]): void {
    try {
      const results = this.lock.withShortWaits(() => this.runAtOnce(group));
      this.lockPauseMs = FIRST_PAUSE_MS;
      group.forEach(({ resolve }, index) => resolve(results[index]));
    } catch (error) {
      if (isLockedByOther(error)) this.tryLater(group, error);
      else if (group.length === 1) for (const { reject } of group) reject(error);
      else for (const one of group) this.commit([one]);
    }
  }

  private tryLater(group: readonly Waiting[], error: unknown): void {
    const now = performance.now();
    const later = group.filter((one) => {
      one.giveUpAt ??= now + this.lockLimitMs;
      if (one.giveUpAt > now) return true;
      one.reject(error);
      return false;
    });
    const isScheduled = this.waiting.length > 0;
    this.waiting = [...later, ...this.waiting];
    if (isScheduled || later.length === 0) return;
    setTimeout(() => void this.flush(), this.lockPauseMs);
    this.lockPauseMs = Math.min(2 * this.lockPauseMs, LONGEST_PAUSE_MS);
  }

  private runAtOnce(group: readonly Waiting[]): unknown[] {
    const { own } = this.connection;
    // IMMEDIATE takes the write lock first: a lock upgrade half-way could only fail, not wait.
    own.exec('BEGIN IMMEDIATE');
    try {
      const results = group.map(({ steps }) => this.runThrough(steps()));
      own.exec('COMMIT');
      return results;
    } catch (error) {
      this.connection.rollBack();
      throw error;
    }
  }

  private runThrough(steps: Steps<unknown>): unknown {
    const { statements } = this.connection;
    let step = steps.next();
    while (step.done !== true) step = steps.next(statements.run(step.value));
    return step.value;
  }
}
