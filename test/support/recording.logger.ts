import type { LoggerService, LogLevel } from '@nestjs/common';

export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
  readonly context: string;
}

/** Records log lines for tests. */
export class RecordingLogger implements LoggerService {
  readonly lines: LogLine[] = [];
  /** Whether logging throws, after recording the line. */
  throws = false;

  log(message: unknown, ...rest: unknown[]): void {
    this.add('log', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.add('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.add('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.add('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.add('verbose', message, rest);
  }

  /** The lines of a level, and of a context if one is given. */
  of(level: LogLevel, context?: string): string[] {
    return this.lines
      .filter((line) => line.level === level && (context === undefined || line.context === context))
      .map(({ text }) => text);
  }

  /** Everything that was logged, as one text. */
  get text(): string {
    return this.lines.map(({ text }) => text).join('\n');
  }

  clear(): void {
    this.lines.length = 0;
  }

  private add(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    this.lines.push({
      level,
      text: [message, ...rest.slice(0, -1)]
        .filter((part) => part !== undefined)
        .map(String)
        .join(' '),
      context: typeof context === 'string' ? context : '',
    });
    if (this.throws) throw new Error('the log is full');
  }
}
