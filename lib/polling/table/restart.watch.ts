import type { Clock } from '../../clock/clock.js';
import type { KeysetQuery } from './keyset.query.js';
import type { RowPosition } from './row-position.js';

/** How long an idle poller waits at least before it looks for the end of its table again. */
const MIN_LOOK_MS = 10_000;

/**
 * Notices that the numbers of a table start again, as after a truncation: new rows lie behind all rows read. An
 * idle run looks for that, at most once a look-back.
 *
 * @internal
 */
export class RestartWatch {
  private nextLookAt = 0;
  private isTold = false;

  /** @param heldUp tells the host that the poller is held up, and why */
  constructor(
    private readonly heldUp: (reason: string) => void,
    private readonly poller: string,
    private readonly query: KeysetQuery,
    private readonly lookBackMs: number,
    private readonly clock: Clock,
  ) {}

  /** @param reached the furthest row read */
  async look(reached: RowPosition | null): Promise<void> {
    const now = this.clock.now();
    const { kind } = this.query.cursor;
    if (kind !== 'number' || reached === null || now < this.nextLookAt) return;
    this.nextLookAt = now + Math.max(this.lookBackMs, MIN_LOOK_MS);
    const last = await this.query.last();
    const isBehind = last !== null && Number(last.value) < Number(reached.value);
    if (isBehind && !this.isTold) {
      this.heldUp(
        `has read ${this.query.name} up to ${reached.value}, and the table now ends at ${last.value}. ` +
          'Where its last rows were deleted, there is nothing to do. Where its numbers start again, new rows are not ' +
          `found until they pass ${reached.value}: call PollRegistry.reset('${this.poller}', 'beginning', { repeat: true }).`,
      );
    }
    this.isTold = isBehind;
  }
}
