import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { unlessAborted } from '../../database/unless-aborted.js';
import { describeError } from '../../errors/describe-error.js';
import type { PollEnded } from '../../telemetry/poll.occurrence.js';
import { Occurrences } from '../../telemetry/occurrences.js';
import { AsideRetrier } from '../aside/aside.retrier.js';
import { PollItemStore } from '../aside/poll-item.store.js';
import type { PollEnding } from '../cursor/poll-ending.js';
import { PollLeaseLostError } from '../cursor/poll-lease-lost.error.js';
import type { PollRunResult } from '../poll-run-result.js';
import type { Poller } from '../poller.js';
import { BatchTaker } from './batch.taker.js';
import type { Counts } from './event.intake.js';
import type { LeasedRun, ReadingRun } from './leased.run.js';
import { postponedMs, postponementOf, type Postponement } from './postponement.js';
import { RunSpan } from './run.span.js';

/** After which time a mark that is still needed is renewed, so that retention keeps it. */
const TOUCH_AFTER_MS = 86_400_000;

/** How a run ended: for its caller, and for the row of its poller. */
export interface EndedRun {
  readonly result: PollRunResult;
  readonly ending: PollEnding;
}

/**
 * Runs a poller under its lease: gives the inbox what it finds page by page, and stores after each page how far it
 * has read. A crash between the two is harmless, as the inbox takes each event once.
 *
 * @internal
 */
@Injectable()
export class LeasedRunner {
  constructor(
    private readonly occurrences: Occurrences,
    private readonly items: PollItemStore,
    private readonly taker: BatchTaker,
    private readonly retrier: AsideRetrier,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param stopping aborted when the application stops
   * @param onOverdue gets the calls of the method that have not ended, though the run has
   */
  async run(
    run: LeasedRun,
    stopping: AbortSignal,
    onOverdue: (unended: Promise<unknown>) => void,
  ): Promise<EndedRun> {
    const { poller, lease, counts } = run;
    const { name, timeoutMs } = poller;
    const span = new RunSpan(this.clock, { poller: name, timeoutMs, stopping, lost: lease.lost });
    try {
      const more = await this.read({ ...run, span, aside: await this.items.load(name) });
      if (span.isStopped) return stopped(counts);
      this.ended('poll.completed', poller, counts);
      return { result: { outcome: 'done', more, ...counts }, ending: { kind: 'succeeded' } };
    } catch (error) {
      if (error instanceof PollLeaseLostError)
        this.heldUp(poller, 'has lost its lease: another process runs it now');
      if (span.isStopped) return stopped(counts);
      const postponement = postponementOf(error, this.clock.now());
      return postponement === undefined
        ? this.failed(poller, counts, error)
        : this.postponed(run, postponement);
    } finally {
      span.close();
      if (span.unended !== undefined) onOverdue(span.unended);
    }
  }

  /** Ends a run that failed, maybe before it had its lease. */
  failed(poller: Poller, counts: Counts, cause: unknown): EndedRun {
    const error = describeError(cause);
    this.ended('poll.failed', poller, counts, { error });
    return { result: { outcome: 'failed', error, ...counts }, ending: { kind: 'failed', error } };
  }

  /** Reads what is new, then retries what was set aside; gives whether there is more to read. */
  private async read(run: ReadingRun): Promise<boolean> {
    const { poller, lease, progress, span, aside } = run;
    const batches = poller.reader.read(progress, span, aside)[Symbol.asyncIterator]();
    let more = false;
    let taken = 0;
    try {
      for (;;) {
        const next = await unlessAborted(batches.next(), lease.lost);
        if (next.done === true) break;
        const before = next.value.isSamePage ? taken : 0;
        taken = await this.taker.take(run, next.value, before);
        more = next.value.more;
      }
    } finally {
      // Nothing waits for it: the host's generator may hang.
      batches.return?.().catch(() => undefined);
    }
    if (span.signal.aborted) return more;
    if (aside.isHeld) await this.items.letGo(poller.name);
    await this.items.touch(poller.name, aside.shownSince(this.clock.now() - TOUCH_AFTER_MS));
    await this.retrier.retry(run);
    return more;
  }

  private postponed(
    { poller, counts, past: { postponements } }: LeasedRun,
    postponement: Postponement,
  ): EndedRun {
    const waitMs = postponedMs(postponement, postponements);
    const until = new Date(this.clock.now() + waitMs);
    const { reason } = postponement;
    this.ended('poll.postponed', poller, counts, { error: reason, waitMs });
    return {
      result: { outcome: 'postponed', until, ...counts },
      ending: {
        kind: 'postponed',
        error: `postponed until ${until.toISOString()}: ${reason}`,
        until: until.getTime(),
      },
    };
  }

  private ended(
    kind: PollEnded['kind'],
    poller: Poller,
    { accepted }: Counts,
    { error = null, waitMs = null }: Partial<Pick<PollEnded, 'error' | 'waitMs'>> = {},
  ): void {
    this.occurrences.publish({ kind, poller: poller.name, accepted, error, waitMs });
  }

  private heldUp(poller: Poller, reason: string): void {
    this.occurrences.publish({ kind: 'poll.held-up', poller: poller.name, reason });
  }
}

function stopped(counts: Counts): EndedRun {
  return { result: { outcome: 'stopped', ...counts }, ending: { kind: 'stopped' } };
}
