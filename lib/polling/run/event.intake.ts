import { Inject, Injectable } from '@nestjs/common';
import { SqlDatabase } from '../../database/sql-database.js';
import { SchemaFailedError } from '../../event/schema-failed.error.js';
import { Inbox } from '../../inbox/inbox.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../../inbox/inbox.options.js';
import type { AcceptResult, IncomingEvent } from '../../inbox/incoming-event.js';
import type { PolledEventCounts } from '../poll-run-result.js';

/** Most events that are given to the inbox at the same time. */
const MAX_HANDED_IN = 500;

export type Counts = { -readonly [Outcome in keyof PolledEventCounts]: number };

/**
 * Gives events to the inbox.
 *
 * @internal
 */
@Injectable()
export class EventIntake {
  private readonly atOnce: number;

  constructor(
    private readonly inbox: Inbox,
    private readonly database: SqlDatabase,
    @Inject(INBOX_OPTIONS.token) { maxWaiting }: ResolvedInboxOptions,
  ) {
    // The inbox would refuse more than it has room for, and refuse the same ones in the next run.
    this.atOnce = Math.min(MAX_HANDED_IN, maxWaiting);
  }

  /**
   * All at once, so that they share a commit.
   *
   * @returns the events that the inbox refuses for their own sake, and why
   * @throws why it can take no event at the moment
   */
  async handIn(
    events: readonly IncomingEvent[],
    counts: Counts,
  ): Promise<ReadonlyMap<IncomingEvent, unknown>> {
    const refused = new Map<IncomingEvent, unknown>();
    for (let start = 0; start < events.length; start += this.atOnce) {
      const group = events.slice(start, start + this.atOnce);
      const results = await Promise.allSettled(
        group.map((event) => this.inbox.acceptAll([event], 'store')),
      );
      const reasons: unknown[] = [];
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') {
          for (const accepted of result.value.results) counts[countOf(accepted)]++;
        } else if (this.isAboutEvent(result.reason)) {
          refused.set(group[index] as IncomingEvent, result.reason);
        } else reasons.push(result.reason);
      });
      if (reasons.length > 0) throw reasons[0];
    }
    return refused;
  }

  private isAboutEvent(error: unknown): boolean {
    return error instanceof SchemaFailedError || this.database.isValueError(error);
  }
}

function countOf({ outcome }: AcceptResult): keyof Counts {
  return outcome === 'duplicate' ? 'duplicates' : outcome;
}
