import { Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { isLevelEnabled } from '../nest/log-level.js';

/**
 * Logs through the host's logger. A logger that throws must not change an answer, lose an event or end the
 * process: Node.js prints one warning instead.
 *
 * @internal
 */
export class SafeLogger {
  private readonly logger: Logger;
  private hasWarned = false;

  /** @param context where the lines come from, such as the name of a class */
  constructor(context: string) {
    this.logger = new Logger(context);
  }

  error(message: string, stack?: string): void {
    this.attempt(() => this.logger.error(message, stack));
  }

  log(message: string): void {
    this.attempt(() => this.logger.log(message));
  }

  warn(message: string): void {
    this.attempt(() => this.logger.warn(message));
  }

  debug(message: string): void {
    this.attempt(() => this.logger.debug(message));
  }

  /** Whether a debug line would be printed; if not, it need not be composed. */
  isDebugEnabled(): boolean {
    return isLevelEnabled('debug');
  }

  private attempt(log: () => void): void {
    try {
      log();
    } catch (error) {
      if (this.hasWarned) return;
      this.hasWarned = true;
      process.emitWarning(`The logger of the application threw: ${describeError(error)}`);
    }
  }
}
