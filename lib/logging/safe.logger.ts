import { Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { isLevelEnabled } from '../nest/log-level.js';

/**
 * Logs through the logger of the host, whatever that does: one that throws must change no answer, lose
 * no event and end no process. Node.js warns of it once.
 *
 * @internal
 */
export class SafeLogger {
  private readonly logger: Logger;
  private hasWarned = false;

  /** @param context what the lines are about, such as the name of a class */
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

  /** Whether it is worth the while to put a line of this level together. */
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
