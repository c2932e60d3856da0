import type { Occurrences } from '../telemetry/occurrences.js';

/** A source's clock may be off by so much before it is told of, in milliseconds. */
const TOLERATED_MS = 60_000;

/** A source is told of at most once in this time, in milliseconds. */
const AGAIN_AFTER_MS = 3_600_000;

/**
 * Publishes an occurrence when events of a source occurred later than they arrived, by more than a minute: its
 * clock is fast, or ours is slow. Rules judge such events as if they had occurred on arrival.
 *
 * @internal
 */
export class FastClocks {
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly occurrences: Occurrences) {}

  /**
   * @param occurredAt when an event of the source occurred, by its sender, in milliseconds since the epoch
   * @param now when it arrived
   */
  add(source: string, occurredAt: number, now: number): void {
    const aheadMs = occurredAt - now;
    if (aheadMs <= TOLERATED_MS) return;
    const last = this.toldAt.get(source);
    if (last !== undefined && now - last < AGAIN_AFTER_MS) return;
    this.toldAt.set(source, now);
    this.occurrences.publish({ kind: 'source.clock-ahead', source, aheadMs });
  }
}
