import type { Clock } from './clock.js';

/**
 * Measures waiting times in ticks of one timer, which runs only while something waits. Beginning and ending a
 * wait is cheap: it reads no clock and sets no timer. No tick happens while the process is suspended or its
 * event loop is blocked, so that time does not count.
 *
 * @internal
 */
export class Ticker {
  /** Number of ticks so far. */
  now = 0;
  private isRunning = false;

  /**
   * @param everyMs the interval between ticks, in milliseconds
   * @param onTick called at each tick; returns whether something still waits
   */
  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly onTick: () => boolean,
  ) {}

  /** The number of ticks that are certain to happen within the time; at least one. */
  within(ms: number): number {
    return Math.max(1, Math.floor(ms / this.everyMs));
  }

  /** Starts ticking, unless it is ticking already. */
  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.schedule();
  }

  private schedule(): void {
    this.clock.schedule(() => {
      this.now++;
      this.isRunning = this.onTick();
      if (this.isRunning) this.schedule();
    }, this.everyMs);
  }
}
