import { driverErrorOf } from '../driver-error.js';
import { PacketTooLargeError } from './packet-too-large.error.js';

/** SQLSTATE classes that speak of a value: data exception, integrity violation. */
const VALUE_ERROR_CLASSES = new Set(['22', '23']);

/** Errors about a value whose SQLSTATE is a general one: row size, packet, truncation, character. */
const VALUE_ERRORS = new Set([1118, 1153, 1265, 1301, 1366]);

const LOCK_WAIT_TIMEOUT = 1205;

/** MariaDB: the record has changed since the transaction read it; and a deadlock. */
const LOST_TO_ANOTHER = [1020, 1213];

const CONFLICTS = new Set([LOCK_WAIT_TIMEOUT, ...LOST_TO_ANOTHER]);

/** The server rolls the whole transaction back; 1206: the lock table is full. */
const ROLLED_BACK = new Set([1206, ...LOST_TO_ANOTHER]);

/** ER_UNKNOWN_STMT_HANDLER: a proxy has given the statement to another session. */
const UNPREPARED = 1243;

/**
 * Whether a value in the statement caused the error.
 *
 * @internal
 */
export function isMysqlValueError(error: unknown): boolean {
  if (error instanceof PacketTooLargeError) return true;
  const { errno, sqlState } = driverErrorOf(error) ?? {};
  return (
    (errno !== undefined && VALUE_ERRORS.has(errno)) ||
    (sqlState !== undefined && VALUE_ERROR_CLASSES.has(sqlState.slice(0, 2)))
  );
}

/**
 * Whether the server gave up the transaction, or its statement, because of another one.
 *
 * @internal
 */
export function isMysqlConflict(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && CONFLICTS.has(errno);
}

/**
 * Whether the server has rolled the whole transaction back.
 *
 * @param rollsBackOnTimeout whether this server does so after a lock wait time-out
 * @internal
 */
export function endsMysqlTransaction(error: unknown, rollsBackOnTimeout: boolean): boolean {
  const errno = errnoOf(error);
  if (errno === LOCK_WAIT_TIMEOUT) return rollsBackOnTimeout;
  return errno !== undefined && ROLLED_BACK.has(errno);
}

/**
 * Whether a statement failed because it was prepared in another session.
 *
 * @internal
 */
export function isMysqlUnprepared(error: unknown): boolean {
  return errnoOf(error) === UNPREPARED;
}

function errnoOf(error: unknown): number | undefined {
  return driverErrorOf(error)?.errno;
}
