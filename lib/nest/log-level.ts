import { Logger, type LogLevel } from '@nestjs/common';

/** What `Logger` keeps to itself. */
interface LoggerState {
  readonly staticInstanceRef?: object;
  readonly logLevels?: readonly LogLevel[];
}

/**
 * Whether a line of this level is printed, as `Logger.isLevelEnabled` of NestJS 12 says it. That of
 * NestJS 11 says no for all levels where the host has not listed them.
 *
 * @internal
 */
export function isLevelEnabled(level: LogLevel): boolean {
  if (Logger.isLevelEnabled(level)) return true;
  const { staticInstanceRef: logger, logLevels } = Logger as unknown as LoggerState;
  if (logger === undefined || logLevels !== undefined) return false;
  return hasLevels(logger) ? logger.isLevelEnabled(level) : true;
}

function hasLevels(logger: object): logger is { isLevelEnabled(level: LogLevel): boolean } {
  return 'isLevelEnabled' in logger && typeof logger.isLevelEnabled === 'function';
}
