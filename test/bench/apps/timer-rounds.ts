import { monotonicMs } from '../monotonic.clock.js';
import type { Pace } from './producers.js';

/** A timer of a round. */
export interface DueTimer {
  readonly key: string;
  /** In milliseconds since the epoch. */
  readonly dueAtMs: number;
}

/** What both applications with timers offer. */
export interface TimersApi extends Record<string, (...args: never[]) => unknown> {
  /** Sets timers, waits until they have fired; returns how late each one was, in milliseconds. */
  round(pace: Pace): Promise<Float64Array>;
  /** How many timers have fired more than once since the start. */
  firedTwice(): number;
}

/** Timers that are set in one transaction or command. */
const BATCH = 100;
const FIRST_LEAD_MS = 1_000;

/** Sets the timers of each round, and notes when they fire. */
export class TimerRounds {
  private readonly firedAtMs = new Map<string, number>();
  private doubles = 0;
  private lastKey = 0;
  /** How long before its first timer is due a round sets its timers. */
  private leadMs = FIRST_LEAD_MS;
  private awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  /** Called when a timer fires. */
  fired(key: string): void {
    if (this.firedAtMs.has(key)) {
      this.doubles++;
      return;
    }
    this.firedAtMs.set(key, wallMs());
    if (this.awaited !== undefined && this.firedAtMs.size >= this.awaited.count) {
      this.awaited.resolve();
      this.awaited = undefined;
    }
  }

  get firedTwice(): number {
    return this.doubles;
  }

  /** @param set sets some timers at the same time */
  async run(pace: Pace, set: (timers: readonly DueTimer[]) => Promise<unknown>) {
    for (;;) {
      const timers = this.timersOf(pace);
      const startedAtMs = monotonicMs();
      for (let from = 0; from < timers.length; from += BATCH) {
        await set(timers.slice(from, from + BATCH));
      }
      const tookMs = monotonicMs() - startedAtMs;
      await this.allFired();
      const lateMs = timers.map(({ key, dueAtMs }) => this.firedOf(key) - dueAtMs);
      // A timer that was set after its time says nothing: the round begins again, with more time to set them.
      if (tookMs < this.leadMs) return Float64Array.from(lateMs);
      this.leadMs = tookMs * 2;
    }
  }

  private timersOf({ perSecond, seconds }: Pace): DueTimer[] {
    const firstMs = Date.now() + this.leadMs;
    return Array.from({ length: perSecond * seconds }, (_, index) => ({
      key: `timer-${++this.lastKey}`,
      dueAtMs: Math.round(firstMs + (index * 1_000) / perSecond),
    }));
  }

  private async allFired(): Promise<void> {
    if (this.firedAtMs.size >= this.lastKey) return;
    await new Promise<void>((resolve) => {
      this.awaited = { count: this.lastKey, resolve };
    });
  }

  private firedOf(key: string): number {
    return this.firedAtMs.get(key) ?? Number.NaN;
  }
}

/** The time of `Date`, in parts of a millisecond. */
function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
