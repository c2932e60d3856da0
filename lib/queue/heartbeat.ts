import type { CancelTimer, Clock } from '../clock/clock.js';

/** A lease survives two heartbeats that come to nothing. */
const BEATS_PER_LEASE = 3;

/**
 * Renews leases for as long as it beats, with one timer for all of them. The next beat waits for the end
 * of the one before.
 *
 * @internal
 */
export class Heartbeat {
  private cancel: CancelTimer | undefined;
  private isStopped = false;

  /**
   * @param leaseMs how long a lease lasts that is not renewed
   * @param renew has to see to its own errors
   */
  constructor(
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly renew: () => Promise<void>,
  ) {}

  start(): void {
    this.cancel = this.clock.schedule(() => {
      void this.renew().finally(() => {
        if (!this.isStopped) this.start();
      });
    }, this.leaseMs / BEATS_PER_LEASE);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }
}
