import { Clock, type CancelTimer } from '../../lib/clock/clock.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to move; timers fire when it passes them. */
export class FakeClock extends Clock {
  private readonly timers = new Set<Timer>();

  constructor(private instant = Date.parse('2026-01-01T00:00:00Z')) {
    super();
  }

  override now(): number {
    return this.instant;
  }

  override schedule(callback: () => void, delayMs: number): CancelTimer {
    const timer = { at: this.instant + delayMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Moves on by so many milliseconds, firing the timers on the way in their order. */
  advance(byMs: number): void {
    const until = this.instant + byMs;
    for (let due = this.next(until); due !== undefined; due = this.next(until)) {
      this.timers.delete(due);
      this.instant = Math.max(this.instant, due.at);
      due.callback();
    }
    this.instant = until;
  }

  private next(until: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
}
