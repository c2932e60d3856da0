/**
 * A line of the log.
 *
 * @internal
 */
export interface LogLine {
  /** The class that the line comes from, as the host's logger shows it. */
  readonly context: string;
  readonly level: 'error' | 'warn' | 'log' | 'debug';
  readonly text: string;
}
