import type { Clock } from '../../clock/clock.js';
import { SafeLogger } from '../../logging/safe.logger.js';
import type { KeysetQuery } from './keyset.query.js';

/**
 * Looks for rows of a view that have no key, and so no place in its order: they are passed over, and the host is
 * told so, once. Of a table its entity has said that there are none.
 *
 * @internal
 */
export class NullKeys {
  private readonly logger = new SafeLogger(NullKeys.name);
  private nextLookAt = 0;
  private isTold = false;

  /** @param everyMs how long a row is read again at least: none is missed between two looks */
  constructor(
    private readonly poller: string,
    private readonly query: KeysetQuery,
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  /** @param from the cursor value that a run reads on from; `null` for the beginning */
  async look(from: string | null): Promise<void> {
    const now = this.clock.now();
    if (!this.query.isView || this.isTold || now < this.nextLookAt) return;
    this.nextLookAt = now + this.everyMs;
    this.isTold = await this.query.hasNullKeys(from);
    if (!this.isTold) return;
    this.logger.warn(
      `Poller '${this.poller}' reads ${this.query.name}, and passes over rows whose key is NULL: they have no place ` +
        'in its order. Name columns as key that every row of the view has.',
    );
  }
}
