import type { Clock } from '../../clock/clock.js';
import { Ticker } from '../../clock/ticker.js';

/** Something that must end by a deadline. */
export interface Limited {
  /** The tick by which it must end. */
  deadline: number;
  /** Called once, when its time is over. */
  expire(): void;
}

/** How exactly time limits are kept, at most and at least, in milliseconds. */
const LONGEST_TICK_MS = 250;
const SHORTEST_TICK_MS = 5;

/** How many ticks the shortest limit has. */
const TICKS_PER_LIMIT = 20;

/**
 * Ends what takes too long, with one timer for all of it.
 *
 * @internal
 */
export class TimeLimits {
  private readonly running = new Set<Limited>();
  private readonly ticker: Ticker;

  /**
   * @param shortestMs the shortest limit that is kept, in milliseconds
   * @param onTick called at each tick, as long as something runs
   */
  constructor(
    clock: Clock,
    shortestMs: number,
    private readonly onTick: () => void = () => undefined,
  ) {
    const everyMs = Math.max(
      SHORTEST_TICK_MS,
      Math.min(LONGEST_TICK_MS, shortestMs / TICKS_PER_LIMIT),
    );
    this.ticker = new Ticker(clock, everyMs, () => this.sweep());
  }

  /**
   * The deadline, in ticks, of something that begins now and may take `ms` milliseconds; it is never too
   * early.
   */
  after(ms: number): number {
    return this.ticker.now + this.ticker.within(ms) + 1;
  }

  add(limited: Limited): void {
    this.running.add(limited);
    this.ticker.start();
  }

  remove(limited: Limited): void {
    this.running.delete(limited);
  }

  private sweep(): boolean {
    for (const limited of this.running) {
      if (limited.deadline > this.ticker.now) continue;
      this.running.delete(limited);
      limited.expire();
    }
    this.onTick();
    return this.running.size > 0;
  }
}
