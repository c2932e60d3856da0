import type { CancelTimer, Clock } from '../../../clock/clock.js';

/** A lease survives two failed heartbeats. */
const BEATS_PER_LEASE = 3;

/** A failed beat is repeated many times before the lease ends. */
const REPEATS_PER_LEASE = 60;

/** Longest wait before a failed beat is repeated, in milliseconds. */
const MAX_REPEAT_MS = 1_000;

/**
 * Renews leases for as long as it beats, with one timer for all of them. The next beat waits for the end of
 * the one before, and comes sooner if that failed.
 *
 * @internal
 */
export class Heartbeat {
  private cancel: CancelTimer | undefined;
  private isStopped = false;

  /**
   * @param leaseMs how long a lease lasts without renewal
   * @param renew renews the leases, never rejects, and returns whether it succeeded
   */
  constructor(
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly renew: () => Promise<boolean>,
  ) {}

  start(): void {
    this.beatIn(this.leaseMs / BEATS_PER_LEASE);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private beatIn(delayMs: number): void {
    this.cancel = this.clock.schedule(() => void this.beat(), delayMs);
  }

  private async beat(): Promise<void> {
    const hasRenewed = await this.renew();
    if (this.isStopped) return;
    if (hasRenewed) this.start();
    else this.beatIn(Math.min(MAX_REPEAT_MS, this.leaseMs / REPEATS_PER_LEASE));
  }
}
