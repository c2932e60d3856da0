import type { AsideItems } from '../aside/aside-items.js';
import type { Counts } from './event.intake.js';
import type { PollProgress } from '../page.reader.js';
import type { PollPast } from '../cursor/poll-lease.answer.js';
import type { PollLease } from '../cursor/poll-lease.js';
import type { Poller } from '../poller.js';
import type { RunSpan } from './run.span.js';

/**
 * A run of a poller under its lease.
 *
 * @internal
 */
export interface LeasedRun {
  readonly poller: Poller;
  readonly lease: PollLease;
  readonly progress: PollProgress;
  readonly past: PollPast;
  readonly counts: Counts;
}

/** A run that reads. */
export interface ReadingRun extends LeasedRun {
  readonly span: RunSpan;
  readonly aside: AsideItems;
}
