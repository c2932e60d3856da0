import type { CancelTimer, Clock } from '../clock/clock.js';

/** Why the receiver stops waiting for a body. */
export type GivenUp = 'timed-out' | 'stopped' | 'overloaded';

/** A body that is on its way, or that waits to be inflated. */
export interface UnfinishedBody {
  /** How many have arrived. */
  bytes: number;
  /** When reading it began, in milliseconds of the clock. */
  readonly since: number;
  /** Ends the waiting. */
  giveUp: (reason: GivenUp) => void;
}

/**
 * The bodies of all requests that are not read to their end. Each has a time limit, and all together have a limit
 * of bytes. When the bytes exceed it, the oldest body is given up, so that slow senders do not keep quick ones
 * out. All have the same time limit, so one timer is enough.
 *
 * @internal
 */
export class UnfinishedBodies {
  /** In the order in which they came. */
  private readonly bodies = new Set<UnfinishedBody>();
  private bytes = 0;
  private cancel: CancelTimer | undefined;
  private expiry: GivenUp = 'timed-out';

  constructor(
    private readonly clock: Clock,
    private timeoutMs: number,
    private readonly maxBytes: number,
  ) {}

  /** @param giveUp is called, at most once, when the receiver stops waiting for the body */
  add(giveUp: UnfinishedBody['giveUp']): UnfinishedBody {
    const body = { bytes: 0, since: this.clock.now(), giveUp };
    this.bodies.add(body);
    this.cancel ??= this.clock.schedule(this.expire, this.timeoutMs);
    return body;
  }

  grow(body: UnfinishedBody, bytes: number): void {
    if (!this.bodies.has(body)) return;
    body.bytes += bytes;
    this.bytes += bytes;
    if (this.bytes > this.maxBytes) this.makeRoom();
  }

  remove(body: UnfinishedBody): void {
    if (this.bodies.delete(body)) this.bytes -= body.bytes;
  }

  /** The application stops: from now on, all bodies have no more than this time. */
  stopWithin(timeoutMs: number): void {
    this.expiry = 'stopped';
    this.timeoutMs = Math.min(this.timeoutMs, timeoutMs);
    this.cancel?.();
    this.expire();
  }

  private makeRoom(): void {
    for (const body of this.bodies) {
      if (this.bytes <= this.maxBytes) return;
      this.giveUp(body, 'overloaded');
    }
  }

  private readonly expire = (): void => {
    this.cancel = undefined;
    const now = this.clock.now();
    for (const body of this.bodies) {
      const leftMs = body.since + this.timeoutMs - now;
      if (leftMs > 0) {
        this.cancel = this.clock.schedule(this.expire, Math.min(leftMs, this.timeoutMs));
        return;
      }
      this.giveUp(body, this.expiry);
    }
  };

  private giveUp(body: UnfinishedBody, reason: GivenUp): void {
    this.remove(body);
    body.giveUp(reason);
  }
}
