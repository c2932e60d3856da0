import type { CancelTimer, Clock } from '../clock/clock.js';
import type { SafeLogger } from '../logging/safe.logger.js';

/** A request that was refused. */
export interface Refusal {
  /** What the path names; whatever a stranger likes where there is no such source. */
  readonly source: string;
  readonly isKnown: boolean;
  readonly status: number;
  readonly reason: string;
}

const MINUTE_MS = 60_000;

/** Most refusals in a minute that have a line each. */
const MAX_LINES = 20;

/** Most pairs of source and reason that are counted apart. */
const MAX_KINDS = 50;

/** Most of them that the line names, those with the most refusals. */
const MAX_NAMED = 10;

/**
 * Tells the log of refused requests: of each, as long as there are few. Beyond that, whoever can reach the
 * receiver could fill the disk: they are then counted, with a line a minute, until there are few again.
 *
 * @internal
 */
export class RefusalLog {
  /** When the minute began whose refusals are counted, and how many it had. */
  private since = -Infinity;
  private count = 0;
  private isSummingUp = false;
  private readonly counts = new Map<string, number>();
  private cancel: CancelTimer | undefined;

  constructor(
    private readonly logger: SafeLogger,
    private readonly clock: Clock,
  ) {}

  add(refusal: Refusal): void {
    const now = this.clock.now();
    if (!this.isSummingUp && now - this.since >= MINUTE_MS) {
      this.since = now;
      this.count = 0;
    }
    this.count++;
    if (!this.isSummingUp && this.count <= MAX_LINES) {
      const { source, status, reason } = refusal;
      this.logger.warn(`Refused a request to source '${source}' with ${status}: ${reason}`);
      return;
    }
    if (!this.isSummingUp) this.sumUp();
    const kind = this.kindOf(refusal);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Writes down what has been counted: the application stops. */
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
      `More than ${MAX_LINES} requests were refused within a minute: from now on they are counted, with a ` +
        'line a minute.',
    );
    this.writeLater();
  }

  private writeLater(): void {
    this.cancel = this.clock.schedule(() => {
      const wasFlood = this.write() > MAX_LINES;
      if (wasFlood) this.writeLater();
      else this.isSummingUp = false;
    }, MINUTE_MS);
  }

  /** @returns how many had been counted */
  private write(): number {
    const kinds = [...this.counts].toSorted(([, a], [, b]) => b - a);
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    this.counts.clear();
    if (total === 0) return 0;
    const named = kinds.slice(0, MAX_NAMED).map(([kind, count]) => `${count} ${kind}`);
    const others = total - kinds.slice(0, MAX_NAMED).reduce((sum, [, count]) => sum + count, 0);
    if (others > 0) named.push(`${others} others`);
    this.logger.warn(`Refused ${total} more requests: ${named.join('; ')}`);
    return total;
  }

  private kindOf({ source, isKnown, status, reason }: Refusal): string {
    const to = isKnown ? `to source '${source}'` : 'to unknown sources';
    const kind = `${to} with ${status} (${reason})`;
    if (this.counts.has(kind) || this.counts.size < MAX_KINDS) return kind;
    return 'for other reasons';
  }
}
