import { isError } from '../errors/is-error.js';

/** The facts of a driver's error. */
export interface DriverError {
  readonly message: string;
  /** An SQLSTATE of PostgreSQL, a name of MySQL's, or one of the operating system's. */
  readonly code: string;
  /** How bad it is, by PostgreSQL; only an error of the server has it. */
  readonly severity: string | undefined;
  /** MySQL's number of the error. */
  readonly errno: number | undefined;
  /** MySQL's SQLSTATE; only an error of the server has it. */
  readonly sqlState: string | undefined;
  /** Whether mysql2 has ended the connection for it. */
  readonly isFatal: boolean;
}

/** Of the operating system: ECONNRESET, EPIPE, ETIMEDOUT, … and not MySQL's ER_…. */
export const SYSTEM_ERROR = /^E[A-Z]+$/;

/**
 * The facts of a driver's error, also if TypeORM has wrapped it.
 *
 * @returns `undefined` for a value that is no error or cannot be read
 * @internal
 */
export function driverErrorOf(error: unknown): DriverError | undefined {
  try {
    return read(error);
  } catch {
    return undefined;
  }
}

function read(error: unknown): DriverError | undefined {
  if (!isError(error)) return undefined;
  const own = 'driverError' in error && isError(error.driverError) ? error.driverError : error;
  const given = own as unknown as Record<string, unknown>;
  const text = (key: string): string | undefined =>
    typeof given[key] === 'string' ? given[key] : undefined;
  return {
    message: own.message,
    code: text('code') ?? '',
    severity: text('severity'),
    errno: typeof given['errno'] === 'number' ? given['errno'] : undefined,
    sqlState: text('sqlState'),
    isFatal: given['fatal'] === true,
  };
}
