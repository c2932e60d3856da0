import { driverErrorOf, SYSTEM_ERROR } from '../driver-error.js';

/**
 * A server that shuts down (1053, 1077, 1079), ended the session (1927, 3169, 4031) or could not read or
 * write (1158 to 1161); or a server that is read-only, because it has become a replica (1290, 1792, 1836).
 */
const FAULTS = new Set([
  1053, 1077, 1079, 1158, 1159, 1160, 1161, 1184, 1290, 1792, 1836, 1927, 3169, 4031,
]);

/**
 * Whether the error says that the connection or the session is at fault, and not the statement.
 *
 * @internal
 */
export function isMysqlFault(error: unknown): boolean {
  const given = driverErrorOf(error);
  if (given === undefined) return false;
  const { code, errno, sqlState, isFatal } = given;
  return (
    isFatal ||
    SYSTEM_ERROR.test(code) ||
    code.startsWith('PROTOCOL_') ||
    (errno !== undefined && FAULTS.has(errno)) ||
    sqlState?.startsWith('08') === true
  );
}
