import type { CancelTimer, Clock } from '../../clock/clock.js';
import type { Occurrences } from '../../telemetry/occurrences.js';
import type { Poller } from '../poller.js';

/**
 * Methods that have not ended though their run has. Their next run does not begin in this process until they
 * end, or have had the time of a run once more: one that never ends must not stop its poller.
 *
 * @internal
 */
export class OverdueMethods {
  private readonly overdue = new Map<string, { isTold: boolean }>();

  constructor(
    private readonly occurrences: Occurrences,
    private readonly clock: Clock,
  ) {}

  /** @param unended settles when the method has ended */
  add({ name, timeoutMs }: Poller, unended: Promise<unknown>): void {
    const entry = { isTold: false };
    this.overdue.set(name, entry);
    let cancel: CancelTimer = () => undefined;
    const forget = (): void => {
      cancel();
      if (this.overdue.get(name) === entry) this.overdue.delete(name);
    };
    cancel = this.clock.schedule(forget, timeoutMs);
    unended.then(forget, forget);
  }

  /** Whether the poller has to wait; the first time, a warning says so. */
  holdUp({ name, timeoutMs }: Poller): boolean {
    const entry = this.overdue.get(name);
    if (entry === undefined) return false;
    if (!entry.isTold) {
      entry.isTold = true;
      this.occurrences.publish({
        kind: 'poll.held-up',
        poller: name,
        reason:
          'is skipped, as its method still runs though the time of its run is over. It is run again when ' +
          `the method ends, or else after ${timeoutMs} ms. Have the method end when its signal is aborted.`,
      });
    }
    return true;
  }
}
