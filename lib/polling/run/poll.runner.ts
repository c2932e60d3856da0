import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { unlessAborted } from '../../database/unless-aborted.js';
import { describeError } from '../../errors/describe-error.js';
import type { PollEnded } from '../../telemetry/occurrence.js';
import { Occurrences } from '../../telemetry/occurrences.js';
import { AsideRetrier } from '../aside/aside.retrier.js';
import { BatchTaker } from './batch.taker.js';
import type { Counts } from './event.intake.js';
import type { LeasedRun, ReadingRun } from './leased.run.js';
import { OverdueMethods } from './overdue.methods.js';
import {
  PollCursorStore,
  type LeaseAnswer,
  type LeaseRequest,
  type PollEnding,
} from '../cursor/poll-cursor.store.js';
import { PollItemStore } from '../aside/poll-item.store.js';
import { PollLease } from '../cursor/poll-lease.js';
import { PollLeaseLostError } from '../cursor/poll-lease-lost.error.js';
import type { PollRunResult } from '../poll-run-result.js';
import type { Poller } from '../poller.js';
import { RESOLVED_POLLING_OPTIONS, type ResolvedPollingOptions } from '../polling.options.js';
import { postponedMs, postponementOf, type Postponement } from './postponement.js';
import { RunSpan } from './run.span.js';

/** After which time a mark that is needed is renewed, so that retention leaves it. */
const TOUCH_AFTER_MS = 86_400_000;

/** What a run is for. */
type Occasion = Pick<LeaseRequest, 'scheduledAt' | 'reason'>;

type RunReason = LeaseRequest['reason'];

/** A result, and what is stored of it. */
interface Ended {
  readonly result: PollRunResult;
  readonly ending: PollEnding;
}

/**
 * Runs a poller once: takes its lease, hands in what it finds page by page, and stores after each page
 * how far it has read. A crash between the two is harmless, as the inbox takes each event once.
 *
 * @internal
 */
@Injectable()
export class PollRunner {
  /** Tells this process's leases from all others. */
  readonly id = `${hostname().slice(0, 64)}:${process.pid}:${uuid()}`;

  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<PollRunResult>>();
  private readonly overdue: OverdueMethods;

  constructor(
    private readonly occurrences: Occurrences,
    private readonly cursors: PollCursorStore,
    private readonly items: PollItemStore,
    private readonly taker: BatchTaker,
    private readonly retrier: AsideRetrier,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_POLLING_OPTIONS) private readonly options: ResolvedPollingOptions,
  ) {
    this.overdue = new OverdueMethods(occurrences, clock);
  }

  /**
   * Runs a poller, unless it is running already, here or in another process. Never rejects.
   *
   * @param scheduledAt the tick that it is run for, which is run but once; by hand without one
   * @param reason whether that is a tick of its schedule, or the end of a postponement
   */
  run(poller: Poller, scheduledAt?: number, reason?: RunReason): Promise<PollRunResult> {
    if (this.running.has(poller.name) || this.overdue.holdUp(poller)) {
      return Promise.resolve({ outcome: 'busy' });
    }
    const run = this.runOnce(poller, { scheduledAt, reason }).finally(() =>
      this.running.delete(poller.name),
    );
    this.running.set(poller.name, run);
    return run;
  }

  /** Ends all runs after the page that they are at, and waits for that. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the application stops'));
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.schedule(resolve, this.options.stopTimeoutMs);
    });
    await Promise.race([Promise.all(this.running.values()), timeout]);
    cancel();
  }

  private async runOnce(poller: Poller, occasion: Occasion): Promise<PollRunResult> {
    const counts: Counts = { accepted: 0, duplicates: 0, ignored: 0, rejected: 0 };
    if (this.stopping.signal.aborted) return { outcome: 'stopped', ...counts };
    try {
      const answer = await this.take(poller, occasion);
      if (answer.outcome === 'paused') return { outcome: 'paused' };
      if (answer.outcome === 'postponed') {
        return { outcome: 'postponed', until: new Date(answer.until), ...counts };
      }
      if (answer.outcome !== 'taken') return { outcome: 'busy' };
      const { proof, progress, past } = answer;
      const lease = new PollLease(this.cursors, this.clock, proof, this.options.leaseMs);
      const run = { poller, lease, progress, past, counts };
      const { result, ending } = await this.runLeased(run);
      await this.release(run, ending);
      return result;
    } catch (error) {
      return this.failed(poller, counts, error).result;
    }
  }

  private async take(poller: Poller, occasion: Occasion): Promise<LeaseAnswer> {
    const request = { leasedBy: this.id, leaseMs: this.options.leaseMs, ...occasion };
    const answer = await this.cursors.take(poller.name, request);
    if (answer.outcome !== 'unknown') return answer;
    // It is run before the application has started, or somebody has deleted its row.
    await this.cursors.register(poller);
    return this.cursors.take(poller.name, request);
  }

  private async runLeased(run: LeasedRun): Promise<Ended> {
    const { poller, lease, counts } = run;
    const span = new RunSpan(this.clock, {
      poller: poller.name,
      timeoutMs: poller.timeoutMs,
      stopping: this.stopping.signal,
      lost: lease.lost,
    });
    const stopped = (): Ended => ({
      result: { outcome: 'stopped', ...counts },
      ending: { kind: 'stopped' },
    });
    try {
      const more = await this.readOn({ ...run, span, aside: await this.items.load(poller.name) });
      if (span.isStopped) return stopped();
      this.ended('poll.completed', poller, counts);
      return { result: { outcome: 'done', more, ...counts }, ending: { kind: 'succeeded' } };
    } catch (error) {
      if (error instanceof PollLeaseLostError)
        this.heldUp(poller, 'has lost its lease: another process runs it now');
      if (span.isStopped) return stopped();
      const postponement = postponementOf(error, this.clock.now());
      return postponement === undefined
        ? this.failed(poller, counts, error)
        : this.postponed(run, postponement);
    } finally {
      span.close();
      if (span.unended !== undefined) this.overdue.add(poller, span.unended);
    }
  }

  /** Whether there is more to read. What is new goes before what was set aside. */
  private async readOn(run: ReadingRun): Promise<boolean> {
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
      // Not waited for: what it closes may hang.
      batches.return?.().catch(() => undefined);
    }
    if (span.signal.aborted) return more;
    if (aside.isHeld) await this.items.letGo(poller.name);
    await this.items.touch(poller.name, aside.shownSince(this.clock.now() - TOUCH_AFTER_MS));
    await this.retrier.retry(run);
    return more;
  }

  private async release({ poller, lease, past }: LeasedRun, ending: PollEnding): Promise<void> {
    await lease.release(ending, past).catch((reason: unknown) => {
      this.heldUp(
        poller,
        `could not be released, and stays leased until its lease runs out: ${describeError(reason)}`,
      );
    });
  }

  private postponed(
    { poller, counts, past: { postponements } }: LeasedRun,
    postponement: Postponement,
  ): Ended {
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

  private failed(poller: Poller, counts: Counts, cause: unknown): Ended {
    const error = describeError(cause);
    this.ended('poll.failed', poller, counts, { error });
    return { result: { outcome: 'failed', error, ...counts }, ending: { kind: 'failed', error } };
  }
}
