import { Clock, type CancelTimer } from '../clock/clock.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to move; timers fire when it passes them. Give it as the
 * option `clock`: signatures, retries, pollers and retention then go by it.
 *
 * @example
 * ```ts
 * const clock = new FakeClock();
 * WebhookModule.forRoot({ clock, sources: { … } });
 * clock.advance(60_000);
 * await drain(app); // what was due for a retry within a minute has run
 * ```
 * @publicApi
 */
export class FakeClock extends Clock {
  private readonly timers = new Set<Timer>();
  private instant: number;

  /** @param start where it stands at first, as a date or in milliseconds since the epoch */
  constructor(start: Date | number = Date.parse('2026-01-01T00:00:00Z')) {
    super();
    this.instant = Number(start);
  }

  override now(): number {
    return this.instant;
  }

  override schedule(callback: () => void, delayMs: number): CancelTimer {
    const timer = { at: this.instant + delayMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** The instant that it shows, such as for the `timestamp` of a signed request. */
  get date(): Date {
    return new Date(this.instant);
  }

  /**
   * Moves on, firing the timers on the way in their order.
   *
   * @param byMs how far, in milliseconds
   */
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
