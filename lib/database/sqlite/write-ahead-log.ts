import type { SqliteConnection } from './sqlite-connection.js';

/** After how many pages of its log SQLite checkpoints where nobody says otherwise. */
const DEFAULT_CHECKPOINT_PAGES = 1_000;

/**
 * What the library has it wait for instead (40 MB). A page that many commits change is written to the
 * database once a checkpoint, and whoever commits at that moment waits for it.
 */
const CHECKPOINT_PAGES = 10_000;

/**
 * Has SQLite checkpoint its write-ahead log (WAL) less often, where the host has not set how often it wants it.
 *
 * @internal
 */
export function spaceCheckpoints({ own }: SqliteConnection): void {
  const pages = own.pragma('wal_autocheckpoint', { simple: true });
  if (pages === DEFAULT_CHECKPOINT_PAGES) own.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}

/**
 * Whether SQLite writes ahead; without that, readers and writers block each other.
 *
 * @internal
 */
export function writesAhead({ own }: SqliteConnection): boolean {
  const mode = own.pragma('journal_mode', { simple: true });
  return mode === 'wal' || mode === 'memory';
}
