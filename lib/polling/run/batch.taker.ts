import { Injectable } from '@nestjs/common';
import { AsideKeeper } from '../aside/aside.keeper.js';
import { EventIntake } from './event.intake.js';
import type { FailedItem, ItemName } from '../aside/item-name.js';
import type { ReadingRun } from './leased.run.js';
import type { PolledBatch, TriedItem } from '../page.reader.js';
import { PollItemStore } from '../aside/poll-item.store.js';

/** Most items that a run sets aside where it can take none: the fault may lie in what the method depends on. */
const MAX_IN_VAIN = 20;

/** A row or item that could not be taken. */
interface Failure {
  /** Where it stands among those tried. */
  readonly index: number;
  readonly item: FailedItem;
}

/** What happens with a batch. */
interface Verdict {
  readonly aside: readonly FailedItem[];
  /** How many of those tried are committed or set aside; `undefined` for all. */
  readonly before: number | undefined;
  /** Why the run ends with it. */
  readonly failure: PolledBatch['failure'];
}

/**
 * Commits what a run finds, batch by batch, and tells bad items from a method that can take none: bad items are
 * set aside, and where nothing can be taken the run holds.
 *
 * @internal
 */
@Injectable()
export class BatchTaker {
  constructor(
    private readonly intake: EventIntake,
    private readonly keeper: AsideKeeper,
    private readonly items: PollItemStore,
  ) {}

  /**
   * @param takenOfPage how many of the batch's page were taken before
   * @returns how many are now
   * @throws why the run ends with this batch, after what it could take is committed
   */
  async take(run: ReadingRun, batch: PolledBatch, takenOfPage: number): Promise<number> {
    const failures = await this.handIn(run, batch);
    const taken = takenOfPage + batch.tried.length - failures.length;
    const verdict = await this.judge(run, batch, failures, taken);
    await this.keeper.setAside(run, verdict.aside);
    await this.forgetTaken(run, batch.tried, failures);
    await run.lease.save(batch.progress(verdict.before));
    if (verdict.failure !== undefined) throw verdict.failure.error;
    return taken;
  }

  private async handIn(
    { counts }: ReadingRun,
    { tried }: PolledBatch,
  ): Promise<readonly Failure[]> {
    const events = tried.flatMap((one) => one.events);
    const refused = await this.intake.handIn(events, counts);
    return tried.flatMap((one, index) => {
      const event = one.events.find((candidate) => refused.has(candidate));
      const failure = event === undefined ? one.failure : { error: refused.get(event) };
      return failure === undefined ? [] : [{ index, item: failedItem(one.name(), failure.error) }];
    });
  }

  private async judge(
    run: ReadingRun,
    { tried, failure, isPostponed }: PolledBatch,
    failures: readonly Failure[],
    taken: number,
  ): Promise<Verdict> {
    const last = failures.at(-1);
    if (isPostponed && last !== undefined) {
      const { poller } = run;
      const runs = await this.items.hold(poller.name, 'postponed', last.item.item);
      // After so many pauses at one row, the fault may lie in the row.
      const isGivenUp = runs >= poller.parkAfter;
      const others = isGivenUp ? failures : failures.slice(0, -1);
      return this.fitting(run, others, { before: isGivenUp ? undefined : last.index, failure });
    }
    if (taken > 0 || failures.length < 2) {
      return this.fitting(run, failures, { before: tried.length, failure });
    }
    return this.hold(run, failures);
  }

  /** All have failed: at first, the fault is looked for in the method, or in what it depends on. */
  private async hold(run: ReadingRun, failures: readonly Failure[]): Promise<Verdict> {
    const { poller } = run;
    const [first] = failures;
    const failure = { error: first?.item.error };
    const runs = await this.items.hold(
      poller.name,
      'failed',
      first?.item.item ?? '',
      poller.parkAfter,
    );
    if (runs < poller.parkAfter) return { aside: [], before: first?.index, failure };
    const before = failures[MAX_IN_VAIN]?.index;
    return this.fitting(run, failures.slice(0, MAX_IN_VAIN), { before, failure });
  }

  private fitting(
    run: ReadingRun,
    failures: readonly Failure[],
    { before, failure }: Omit<Verdict, 'aside'>,
  ): Verdict {
    const aside = failures.map(({ item }) => item);
    const room = this.keeper.roomFor(run, aside);
    if (room === aside.length) return { aside, before, failure };
    const next = failures[room];
    return {
      aside: aside.slice(0, room),
      before: next?.index,
      failure: { error: next?.item.error },
    };
  }

  /** Deletes stored items that have changed since, and could be taken now. */
  private async forgetTaken(
    { poller, aside }: ReadingRun,
    tried: readonly TriedItem[],
    failures: readonly Failure[],
  ): Promise<void> {
    if (aside.isEmpty) return;
    const failed = new Set(failures.map(({ index }) => index));
    for (const [index, { name }] of tried.entries()) {
      const stored = failed.has(index) ? undefined : aside.storedName(name().item);
      if (stored !== undefined) await this.items.remove(poller.name, stored);
    }
  }
}

function failedItem({ item, kind, content }: ItemName, error: unknown): FailedItem {
  return { item, kind, content, error };
}
