import type { Clock } from '../clock/clock.js';
import type { SafeLogger } from '../logging/safe.logger.js';
import { RefusalTally } from './refusal.tally.js';

/** A request that was refused. */
export interface Refusal {
  /** The name in the path. For an unknown source, it is a stranger's text. */
  readonly source: string;
  readonly isKnown: boolean;
  readonly status: number;
  readonly reason: string;
}

/**
 * Logs refused requests. Each source has its own lines, so that a flood to one does not hide the refusals of another;
 * all unknown sources share theirs.
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

  /** Logs a request that the application failed on. These are counted too, as strangers can cause any number. */
  failed(source: string, reason: string, stack?: string): void {
    this.tallyOf(source).add(`source '${source}'`, 500, reason, () =>
      this.logger.error(
        `Failed on a request to source '${source}', answered 500: ${reason}`,
        stack,
      ),
    );
  }

  /** Logs the remaining counts when the application stops. */
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
