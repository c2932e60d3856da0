import { Injectable } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { Occurrences } from '../../telemetry/occurrences.js';
import type { FailedItem } from './item-name.js';
import type { ReadingRun } from '../run/leased.run.js';
import { PollItemStore } from './poll-item.store.js';

/** Most items of a poller that are set aside or parked. Where more fail, its run holds at the next one. */
export const MAX_ASIDE_ITEMS = 1_000;

/** How many items of a batch are reported one by one. */
const MAX_TOLD = 20;

/**
 * Sets aside what a poller cannot take, so that the others go on.
 *
 * @internal
 */
@Injectable()
export class AsideKeeper {
  constructor(
    private readonly items: PollItemStore,
    private readonly occurrences: Occurrences,
  ) {}

  /** How many of these, in their order, still fit. A warning says what happens to the others. */
  roomFor({ poller, aside }: ReadingRun, failed: readonly Pick<FailedItem, 'item'>[]): number {
    let room = MAX_ASIDE_ITEMS - aside.size;
    const end = failed.findIndex(({ item }) => !aside.keeps(item) && --room < 0);
    if (end === -1) return failed.length;
    this.occurrences.publish({
      kind: 'poll.held-up',
      poller: poller.name,
      reason:
        `has set ${MAX_ASIDE_ITEMS} items aside, which is the most: it holds at the item ` +
        `'${failed[end]?.item}', and tries it again in each run, until others were taken, retried or dropped. ` +
        'See PollRegistry.parked() and setAside().',
    });
    return end;
  }

  async setAside({ poller, aside }: ReadingRun, failed: readonly FailedItem[]): Promise<void> {
    if (failed.length === 0) return;
    const parked = await this.items.fail(poller.name, failed, poller.parkAfter);
    for (const { item } of failed) aside.noteFailure(item);
    const isParked = new Set(parked.map(({ item }) => item));
    for (const { item, kind, content, error } of failed.slice(0, MAX_TOLD)) {
      this.occurrences.publish({
        kind: isParked.has(item) ? 'poll.item-parked' : 'poll.item-failed',
        poller: poller.name,
        item,
        label: kind === 'row' ? `row ${content}` : `item ${item}`,
        error: describeError(error),
      });
    }
    const others = failed.length - MAX_TOLD;
    if (others > 0) {
      const reason = `could not take ${others} others beside these.`;
      this.occurrences.publish({ kind: 'poll.held-up', poller: poller.name, reason });
    }
  }
}
