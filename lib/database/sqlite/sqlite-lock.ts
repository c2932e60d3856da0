import { setTimeout as sleep } from 'node:timers/promises';
import type { StatementGate } from '../statement-gate.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { isWorthWaiting } from './sqlite-error.js';

/** How long SQLite waits for the lock of another process, which blocks the event loop. */
const LOCK_WAIT_MS = 2;

/** How long to pause before the next try: at first, and after many tries. */
export const FIRST_PAUSE_MS = 1;
export const LONGEST_PAUSE_MS = 25;

/**
 * Waits for the lock of another process in steps of some milliseconds, between which the event loop runs.
 * SQLite by itself would block the event loop for the host's `timeout`, 5 s by default.
 *
 * @internal
 */
export class SqliteLock {
  constructor(private readonly connection: SqliteConnection) {}

  /** Runs statements that wait for the lock only briefly, and fail if they do not get it. */
  withShortWaits<Result>(work: () => Result): Result {
    const { statements } = this.connection;
    const [before] = statements.prepare('PRAGMA busy_timeout').all();
    const hostsMs = Number(before?.['timeout'] ?? 0);
    if (hostsMs <= LOCK_WAIT_MS) return work();
    statements.prepare(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`).all();
    try {
      return work();
    } finally {
      statements.prepare(`PRAGMA busy_timeout = ${hostsMs}`).all();
    }
  }

  /**
   * Takes the lock for an open transaction, before its first statement that writes would wait for it.
   *
   * @param statement takes the lock and changes nothing
   * @param gate of the transaction: the wait ends when it is closed
   * @param limitMs how long to wait, in milliseconds
   * @throws the statement's error, if it cannot get the lock in time
   */
  async take(statement: string, gate: StatementGate, limitMs: number): Promise<void> {
    const giveUpAt = performance.now() + limitMs;
    for (let pauseMs = FIRST_PAUSE_MS; gate.isOpen && this.connection.own.inTransaction;) {
      try {
        this.withShortWaits(() => this.connection.statements.prepare(statement).run());
        return;
      } catch (error) {
        if (!isWorthWaiting(error) || performance.now() >= giveUpAt) throw error;
      }
      await sleep(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}
