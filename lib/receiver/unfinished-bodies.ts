import type { CancelTimer, Clock } from '../clock/clock.js';

/** Why a body is not waited for any longer. */
export type GivenUp = 'timed-out' | 'overloaded';

/** A body that is on its way, or that waits to be inflated. */
export interface UnfinishedBody {
  bytes: number;
  readonly since: number;
  giveUp: (reason: GivenUp) => void;
}

/**
 * The bodies of all requests that are not read yet. Each has so much time, and all together so much
 * memory; when that is used up, the oldest has to go, so that slow ones do not keep quick ones out. One
 * timer does for all, as they have the same time.
 *
 * @internal
 */
export class UnfinishedBodies {
  // In the order in which they came.
  private readonly bodies = new Set<UnfinishedBody>();
  private bytes = 0;
  private cancel: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly maxBytes: number,
  ) {}

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

  private makeRoom(): void {
    for (const body of this.bodies) {
      if (this.bytes <= this.maxBytes) return;
      this.give(body, 'overloaded');
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
      this.give(body, 'timed-out');
    }
  };

  private give(body: UnfinishedBody, reason: GivenUp): void {
    this.remove(body);
    body.giveUp(reason);
  }
}
