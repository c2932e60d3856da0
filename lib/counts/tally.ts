import type { Counter } from '../telemetry/counter.js';
import { cellOf, OTHER_NAME, type Cells } from './counted.js';
import { countInto, emptyHistogram } from './histogram.js';
import type { RefusalClass } from './refusal-class.js';

/**
 * Counts in memory. One that counts for the first time since {@link take} makes a small object; all others only add.
 *
 * @internal
 */
export class Tally implements Counter {
  private cells: Cells = new Map();

  stored(outcome: 'accepted' | 'duplicate' | 'ignored' | 'rejected', source: string): void {
    cellOf(this.cells, outcome, source).count++;
  }

  ended(
    outcome: 'completed' | 'failed' | 'discarded',
    name: string,
    waitedMs: number | undefined,
    ranMs: number | undefined,
  ): void {
    const cell = cellOf(this.cells, outcome, name);
    cell.count++;
    if (waitedMs !== undefined) countInto((cell.waiting ??= emptyHistogram()), waitedMs);
    if (ranMs !== undefined) countInto((cell.running ??= emptyHistogram()), ranMs);
  }

  sent(channel: string): void {
    cellOf(this.cells, 'sent', channel).count++;
  }

  /** @param source `undefined` where a stranger has made up the name */
  refused(reason: RefusalClass, source: string | undefined): void {
    cellOf(this.cells, `refused.${reason}`, source ?? OTHER_NAME).count++;
  }

  /** What was counted since this was called last. */
  take(): Cells {
    const { cells } = this;
    this.cells = new Map();
    return cells;
  }
}
