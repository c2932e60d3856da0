import { Logger, type LogLevel } from '@nestjs/common';

/** Private state of `Logger`. */
interface LoggerState {
  readonly staticInstanceRef?: object;
  readonly logLevels?: readonly LogLevel[];
}

/**
 * Whether the logger prints lines of this level, as `Logger.isLevelEnabled` of NestJS 12 tells. That of
 * NestJS 11 returns false for all levels if the host has not listed any.
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
