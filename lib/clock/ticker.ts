import type { Clock } from './clock.js';

/**
 * Measures waiting times in ticks of one timer, which runs only while somebody waits. To begin and to end
 * a wait costs nothing: no clock is read and no timer set. A tick is missed while the process is
 * suspended or its event loop blocked, so nobody is blamed for that time.
 *
 * @internal
 */
export class Ticker {
  /** Number of ticks so far. */
  now = 0;
  private isRunning = false;

  /**
   * @param everyMs the interval between ticks, in milliseconds
   * @param onTick is called at each tick; returns whether somebody still waits
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

  /** Starts ticking, because somebody waits. */
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
