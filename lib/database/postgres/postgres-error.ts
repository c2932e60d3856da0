import { driverErrorOf } from '../driver-error.js';

/** Error classes of PostgreSQL that speak of a value: data exception, integrity violation, program limit. */
const VALUE_ERROR_CLASSES = new Set(['22', '23', '54']);

/** A deadlock, and a serialization failure. */
const CONFLICTS = new Set(['40P01', '40001']);

/** A pooler has given the statement to a session that does not know it, or knows it already. */
const UNPREPARED = new Set(['26000', '42P05']);

/**
 * Whether a value in the statement caused the error.
 *
 * @internal
 */
export function isPostgresValueError(error: unknown): boolean {
  return VALUE_ERROR_CLASSES.has(codeOf(error).slice(0, 2));
}

/**
 * Whether the transaction was rolled back because of another one.
 *
 * @internal
 */
export function isPostgresConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

/**
 * Whether a statement failed because it was prepared in another session.
 *
 * @internal
 */
export function isPostgresUnprepared(error: unknown): boolean {
  return UNPREPARED.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return driverErrorOf(error)?.code ?? '';
}
