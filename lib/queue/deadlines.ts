import type { CancelTimer, Clock } from '../clock/clock.js';
import type { HeldJob } from './engines/sql/held-job.js';

/**
 * Interrupts attempts whose time is over, with one timer for all of them.
 *
 * @internal
 */
export class Deadlines {
  private readonly running = new Set<HeldJob>();
  private next: { readonly at: number; readonly cancel: CancelTimer } | undefined;

  constructor(private readonly clock: Clock) {}

  add(held: HeldJob): void {
    this.running.add(held);
    this.arm(held.deadline);
  }

  /** The timer is left alone: it looks again when it fires, and most attempts end long before. */
  remove(held: HeldJob): void {
    this.running.delete(held);
  }

  stop(): void {
    this.next?.cancel();
    this.next = undefined;
  }

  private arm(at: number): void {
    if (this.next !== undefined && this.next.at <= at) return;
    this.next?.cancel();
    const cancel = this.clock.schedule(() => this.sweep(), Math.max(0, at - this.clock.now()));
    this.next = { at, cancel };
  }

  private sweep(): void {
    this.next = undefined;
    const now = this.clock.now();
    let earliest = Infinity;
    for (const held of this.running) {
      if (held.deadline > now) earliest = Math.min(earliest, held.deadline);
      else held.interrupt?.(new Error('the attempt took longer than its time-out'));
    }
    if (earliest < Infinity) this.arm(earliest);
  }
}
