import type { SqliteConnection } from './sqlite-connection.js';

/** SQLite's default for how many pages of its log it checkpoints after. */
const DEFAULT_CHECKPOINT_PAGES = 1_000;

/**
 * The library's interval instead (40 MB). A checkpoint writes a page that many commits changed only once, and
 * the commit that triggers the checkpoint waits for it.
 */
const CHECKPOINT_PAGES = 10_000;

/**
 * Makes SQLite checkpoint its write-ahead log (WAL) less often, unless the host has set the interval.
 *
 * @internal
 */
export function spaceCheckpoints({ own }: SqliteConnection): void {
  const pages = own.pragma('wal_autocheckpoint', { simple: true });
  if (pages === DEFAULT_CHECKPOINT_PAGES) own.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}

/**
 * Whether SQLite has a write-ahead log; without it, readers and writers block each other.
 *
 * @internal
 */
export function writesAhead({ own }: SqliteConnection): boolean {
  const mode = own.pragma('journal_mode', { simple: true });
  return mode === 'wal' || mode === 'memory';
}
