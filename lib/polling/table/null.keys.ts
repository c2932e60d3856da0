import type { Clock } from '../../clock/clock.js';
import type { KeysetQuery } from './keyset.query.js';

/**
 * Looks for rows of a view that have no key, and so no place in its order: they are passed over, and one warning
 * says so. The entity of a table has said that it has no such rows.
 *
 * @internal
 */
export class NullKeys {
  private nextLookAt = 0;
  private isTold = false;

  /**
   * @param heldUp tells the host that the poller is held up, and why
   * @param everyMs how long a row is read again at least, in milliseconds: none is missed between two looks
   */
  constructor(
    private readonly heldUp: (reason: string) => void,
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
    this.heldUp(
      `reads ${this.query.name}, and passes over rows whose key is NULL: they have no place ` +
        'in its order. Name columns as key that every row of the view has.',
    );
  }
}
