import { ConsoleLogger, Logger, type LoggerService } from '@nestjs/common';
import { isLevelEnabled } from './log-level.js';

const silent: LoggerService = { log: () => {}, error: () => {}, warn: () => {}, debug: () => {} };

describe('isLevelEnabled', () => {
  const levels = Logger as unknown as { logLevels: unknown };

  afterEach(() => {
    Logger.overrideLogger(new ConsoleLogger());
    levels.logLevels = undefined;
  });

  it.each([
    ['a logger of the host that has no levels', silent, true],
    ['a console logger with all levels', new ConsoleLogger(), true],
    ['a console logger with few levels', new ConsoleLogger({ logLevels: ['error'] }), false],
    ['a list of levels with it', ['error', 'debug'], true],
    ['a list of levels without it', ['error', 'warn'], false],
    ['no logger', false, false],
  ] as const)('tells for %s whether it prints debug lines', (_, logger, expected) => {
    Logger.overrideLogger(logger as LoggerService);
    expect(isLevelEnabled('debug')).toBe(expected);
  });
});
