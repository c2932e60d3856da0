import type { CancelTimer, Clock } from '../clock/clock.js';
import type { ExecutableJob } from './executable.job.js';

/**
 * Interrupts attempts whose time is over, with one timer for all of them.
 *
 * @internal
 */
export class Deadlines {
  private readonly running = new Set<ExecutableJob>();
  private next: { readonly at: number; readonly cancel: CancelTimer } | undefined;

  constructor(private readonly clock: Clock) {}

  add(executable: ExecutableJob): void {
    this.running.add(executable);
    this.arm(executable.deadline);
  }

  /** Does not touch the timer: when it fires, it checks again, and most attempts end long before. */
  remove(executable: ExecutableJob): void {
    this.running.delete(executable);
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
    for (const executable of this.running) {
      if (executable.deadline > now) earliest = Math.min(earliest, executable.deadline);
      else executable.interrupt?.(new Error('the attempt took longer than its time-out'));
    }
    if (earliest < Infinity) this.arm(earliest);
  }
}
