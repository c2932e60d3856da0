const VALUE_ERROR_CODES = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** Another process holds the lock. */
const LOCKED_CODES = /^SQLITE_(BUSY|LOCKED)/;

/**
 * Whether a value in the statement caused the error.
 *
 * @internal
 */
export function isSqliteValueError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return VALUE_ERROR_CODES.test(codeOf(error));
}

/**
 * Whether another process changed what the transaction has read, before it wrote.
 *
 * @internal
 */
export function isSqliteConflict(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_BUSY_SNAPSHOT';
}

/**
 * Whether another process holds the lock, in any way.
 *
 * @internal
 */
export function isLockedByOther(error: unknown): boolean {
  return LOCKED_CODES.test(codeOf(error));
}

/**
 * Whether another process holds the lock, and the same transaction may get it later.
 *
 * @internal
 */
export function isWorthWaiting(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_BUSY';
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
