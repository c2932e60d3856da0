import type { ConnectionUse } from './connection-use.js';

export interface SilenceWatchOptions {
  readonly use: ConnectionUse;
  /** How long a statement may take before the server is asked whether it works on it, in milliseconds. */
  readonly limitMs: number;
  /** Whether the server works on a statement of the connection. */
  isWorking(): Promise<boolean>;
  /** Called when the connection is silent. */
  onSilence(): void;
}

/** The part of the limit until the second question: an answer that is on its way arrives within it. */
const SECOND_PART = 0.2;

/**
 * Watches the statements of a host, which may take as long as they like: it asks the server whether it still
 * works on a long one. If the server does not, twice in a row, its answer was lost.
 *
 * @internal
 */
export class SilenceWatch {
  private started = 0;
  private pending = 0;

  constructor(private readonly options: SilenceWatchOptions) {}

  async during<Result>(statement: () => Promise<Result>): Promise<Result> {
    this.pending++;
    this.wait(++this.started, 'working', this.options.limitMs);
    try {
      return await statement();
    } finally {
      if (--this.pending === 0) this.options.use.end();
    }
  }

  private wait(statement: number, last: 'working' | 'idle', limitMs: number): void {
    this.options.use.begin(limitMs, () => void this.ask(statement, last));
  }

  private async ask(statement: number, last: 'working' | 'idle'): Promise<void> {
    const { limitMs, isWorking, onSilence } = this.options;
    // A server that cannot be asked counts as working.
    const works = await isWorking().catch(() => true);
    if (this.pending === 0 || this.started !== statement) return;
    if (works) this.wait(statement, 'working', limitMs);
    else if (last === 'working') this.wait(statement, 'idle', limitMs * SECOND_PART);
    else onSilence();
  }
}
