import { driverErrorOf, SYSTEM_ERROR } from '../driver-error.js';

/**
 * Connection errors, and a server that shuts down, has crashed or ends sessions. With 25006, a primary has
 * become a standby: a new connection reaches the new primary.
 */
const FAULTS = /^(08...|57P..|25006)$/;

/** Errors of `pg` itself, which have no code. */
const CLIENT_FAULTS =
  /^(Connection terminated|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed|Received unexpected)/;

/** A session that the server ends. */
const FATAL = /^(FATAL|PANIC)$/;

/**
 * Whether the error says that the connection or the session is at fault, and not the statement.
 *
 * @internal
 */
export function isPostgresFault(error: unknown): boolean {
  const given = driverErrorOf(error);
  if (given === undefined) return false;
  const { code, severity, message } = given;
  return severity === undefined
    ? SYSTEM_ERROR.test(code) || CLIENT_FAULTS.test(message)
    : FAULTS.test(code) || FATAL.test(severity);
}
