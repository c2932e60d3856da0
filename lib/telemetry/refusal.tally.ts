import type { CancelTimer, Clock } from '../clock/clock.js';
import type { SafeLogger } from '../logging/safe.logger.js';

const MINUTE_MS = 60_000;

/** Up to this many refusals in a minute get a line each. */
const MAX_LINES = 20;

/** Up to this many different reasons are counted apart. */
const MAX_REASONS = 50;

/** The line names up to this many reasons, those with the most refusals. */
const MAX_NAMED = 10;

/**
 * Logs each refusal while there are few. In a flood, strangers could fill the disk: refusals are then
 * counted, and logged once a minute, until there are few again.
 *
 * @internal
 */
export class RefusalTally {
  /** Start of the current minute, and its number of refusals. */
  private since = -Infinity;
  private count = 0;
  private isSummingUp = false;
  private readonly counts = new Map<string, number>();
  private cancel: CancelTimer | undefined;

  /** @param target target of the requests, for the summary lines */
  constructor(
    private readonly target: string,
    private readonly logger: SafeLogger,
    private readonly clock: Clock,
  ) {}

  /**
   * @param target target of this request
   * @param tell logs this request, if it gets a line of its own
   */
  add(
    target: string,
    status: number,
    reason: string,
    tell = () => this.logger.warn(`Refused a request to ${target} with ${status}: ${reason}`),
  ): void {
    const now = this.clock.now();
    if (!this.isSummingUp && now - this.since >= MINUTE_MS) {
      this.since = now;
      this.count = 0;
    }
    this.count++;
    if (!this.isSummingUp && this.count <= MAX_LINES) {
      tell();
      return;
    }
    if (!this.isSummingUp) this.sumUp();
    this.countOne(`with ${status} (${reason})`);
  }

  /** Logs the counts so far. */
  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.write();
    this.isSummingUp = false;
    this.since = -Infinity;
  }

  private sumUp(): void {
    this.isSummingUp = true;
    this.logger.warn(
      `More than ${MAX_LINES} requests to ${this.target} were refused within a minute. Further refusals are ` +
        'counted, and logged once a minute.',
    );
    this.writeLater();
  }

  private countOne(kind: string): void {
    const isCountedApart = this.counts.has(kind) || this.counts.size < MAX_REASONS;
    const counted = isCountedApart ? kind : 'for other reasons';
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1);
  }

  private writeLater(): void {
    this.cancel = this.clock.schedule(() => {
      const wasFlood = this.write() > MAX_LINES;
      if (wasFlood) this.writeLater();
      else this.isSummingUp = false;
    }, MINUTE_MS);
  }

  /** @returns how many refusals were counted */
  private write(): number {
    const kinds = [...this.counts].toSorted(([, a], [, b]) => b - a);
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    this.counts.clear();
    if (total === 0) return 0;
    const named = kinds.slice(0, MAX_NAMED).map(([kind, count]) => `${count} ${kind}`);
    const others = total - kinds.slice(0, MAX_NAMED).reduce((sum, [, count]) => sum + count, 0);
    if (others > 0) named.push(`${others} others`);
    this.logger.warn(`Refused ${total} more requests to ${this.target}: ${named.join('; ')}`);
    return total;
  }
}
