import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import type { IncomingEvent } from '../../inbox/incoming-event.js';
import { AsideKeeper } from './aside.keeper.js';
import { EventIntake } from '../run/event.intake.js';
import type { ReadingRun } from '../run/leased.run.js';
import type { PollItemEntity } from './poll-item.entity.js';
import { PollItemStore } from './poll-item.store.js';
import { postponementOf } from '../run/postponement.js';

/** Most items that a run retries. */
const MAX_RETRIES = 100;

/** Which part of its time a run may spend on retries. */
const SHARE_OF_TIME = 1 / 4;

/**
 * Retries what was set aside, after what is new; what fails again holds up nothing.
 *
 * @internal
 */
@Injectable()
export class AsideRetrier {
  constructor(
    private readonly intake: EventIntake,
    private readonly keeper: AsideKeeper,
    private readonly items: PollItemStore,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws why the run ends with it: its time is over, or an API asks for a pause */
  async retry(run: ReadingRun): Promise<void> {
    const { poller, aside, span } = run;
    const until = this.clock.now() + poller.timeoutMs * SHARE_OF_TIME;
    for (const item of aside.waiting.slice(0, MAX_RETRIES)) {
      if (span.signal.aborted || this.clock.now() >= until) return;
      if (aside.hasFailed(item)) continue;
      const entity = await this.items.find(poller.name, item);
      if (entity?.parkedAt === null) await this.retryOne(run, entity);
    }
  }

  private async retryOne(run: ReadingRun, { item, kind, content }: PollItemEntity): Promise<void> {
    const { poller, span, counts } = run;
    const again = async (error: unknown): Promise<void> => {
      if (kind !== 'row' && kind !== 'event') return;
      await this.keeper.setAside(run, [{ item, kind, content, error }]);
    };
    let events: readonly IncomingEvent[];
    try {
      events = await poller.reader.retry(content, span);
    } catch (error) {
      // The run was interrupted, which says nothing about the item.
      if (span.isStopped) return;
      await again(span.timeout ?? error);
      if (span.timeout !== undefined) throw span.timeout;
      if (postponementOf(error, this.clock.now()) !== undefined) throw error;
      return;
    }
    if (span.isStopped) return;
    const [refusal] = await this.intake.handIn(events, counts);
    if (refusal === undefined) await this.items.remove(poller.name, item);
    else await again(refusal[1]);
  }
}
