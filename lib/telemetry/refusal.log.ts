import type { Clock } from '../clock/clock.js';
import type { SafeLogger } from '../logging/safe.logger.js';
import { RefusalTally } from './refusal.tally.js';

/** A request that was refused. */
export interface Refusal {
  /** What the path names; whatever a stranger likes where there is no such source. */
  readonly source: string;
  readonly isKnown: boolean;
  readonly status: number;
  readonly reason: string;
}

/**
 * Tells the log of refused requests. Each source has lines of its own, so that a flood to one does not hide
 * what goes wrong at another; all that there are none of share theirs.
 *
 * @internal
 */
export class RefusalLog {
  private readonly unknown: RefusalTally;
  private readonly known = new Map<string, RefusalTally>();

  constructor(
    private readonly logger: SafeLogger,
    private readonly clock: Clock,
  ) {
    this.unknown = new RefusalTally('unknown sources', logger, clock);
  }

  add({ source, isKnown, status, reason }: Refusal): void {
    const tally = isKnown ? this.tallyOf(source) : this.unknown;
    tally.add(`source '${source}'`, status, reason);
  }

  /** Tells of a request that the application failed on; of these, too, strangers could have many made. */
  failed(source: string, reason: string, stack?: string): void {
    this.tallyOf(source).add(`source '${source}'`, 500, reason, () =>
      this.logger.error(
        `Failed on a request to source '${source}', answered 500: ${reason}`,
        stack,
      ),
    );
  }

  /** Writes down what has been counted: the application stops. */
  flush(): void {
    for (const tally of [...this.known.values(), this.unknown]) tally.flush();
  }

  private tallyOf(source: string): RefusalTally {
    let tally = this.known.get(source);
    if (tally === undefined) {
      tally = new RefusalTally(`source '${source}'`, this.logger, this.clock);
      this.known.set(source, tally);
    }
    return tally;
  }
}
