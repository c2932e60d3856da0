import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { Inbox } from '../inbox/inbox.js';
import { RESOLVED_INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox/inbox.options.js';
import type { AcceptResult, IncomingEvent } from '../inbox/incoming-event.js';
import type { PollProgress } from './page.reader.js';
import { PollCursorStore, type LeaseAnswer } from './poll-cursor.store.js';
import { PollLease } from './poll-lease.js';
import { PollLeaseLostError } from './poll-lease-lost.error.js';
import type { PolledEventCounts, PollRunResult } from './poll-run-result.js';
import type { Poller } from './poller.js';
import { RESOLVED_POLLING_OPTIONS, type ResolvedPollingOptions } from './polling.options.js';

/** Most events that are handed in at the same time. */
const MAX_HANDED_IN = 500;

type Counts = { -readonly [Outcome in keyof PolledEventCounts]: number };

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

  private readonly logger = new SafeLogger(PollRunner.name);
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<PollRunResult>>();
  private readonly atOnce: number;

  constructor(
    private readonly cursors: PollCursorStore,
    private readonly inbox: Inbox,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_POLLING_OPTIONS) private readonly options: ResolvedPollingOptions,
    @Inject(RESOLVED_INBOX_OPTIONS) { maxWaiting }: ResolvedInboxOptions,
  ) {
    // More than the inbox has room for it would refuse, and the same ones in the next run.
    this.atOnce = Math.min(MAX_HANDED_IN, maxWaiting);
  }

  /**
   * Runs a poller, unless it is running already, here or in another process. Never rejects.
   *
   * @param scheduledAt the tick that it is run for, which is run but once; by hand without one
   */
  run(poller: Poller, scheduledAt?: number): Promise<PollRunResult> {
    if (this.running.has(poller.name)) return Promise.resolve({ outcome: 'busy' });
    const run = this.runOnce(poller, scheduledAt).finally(() => this.running.delete(poller.name));
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

  private async runOnce(poller: Poller, scheduledAt: number | undefined): Promise<PollRunResult> {
    const counts: Counts = { accepted: 0, duplicates: 0, ignored: 0, rejected: 0 };
    if (this.stopping.signal.aborted) return { outcome: 'stopped', ...counts };
    try {
      const answer = await this.take(poller, scheduledAt);
      if (answer.outcome === 'paused') return { outcome: 'paused' };
      if (answer.outcome !== 'taken') return { outcome: 'busy' };
      const { leaseMs } = this.options;
      const lease = new PollLease(this.cursors, this.clock, answer.proof, leaseMs);
      const result = await this.runLeased(poller, lease, answer.progress, counts);
      await this.release(poller, lease, result);
      return result;
    } catch (error) {
      return this.failed(poller, counts, error);
    }
  }

  private async take(poller: Poller, scheduledAt: number | undefined): Promise<LeaseAnswer> {
    const request = { leasedBy: this.id, leaseMs: this.options.leaseMs, scheduledAt };
    const answer = await this.cursors.take(poller.name, request);
    if (answer.outcome !== 'unknown') return answer;
    // It is run before the application has started, or somebody has deleted its row.
    await this.cursors.register(poller);
    return this.cursors.take(poller.name, request);
  }

  private async runLeased(
    poller: Poller,
    lease: PollLease,
    progress: PollProgress,
    counts: Counts,
  ): Promise<PollRunResult> {
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    let more = false;
    try {
      for await (const batch of poller.reader.read(progress, signal)) {
        await this.handIn(batch.events, counts);
        await lease.save(batch.progress);
        if (batch.failure !== undefined) throw batch.failure.error;
        more = batch.more;
      }
      return signal.aborted
        ? { outcome: 'stopped', ...counts }
        : { outcome: 'done', more, ...counts };
    } catch (error) {
      if (error instanceof PollLeaseLostError) this.logger.warn(error.message);
      return signal.aborted
        ? { outcome: 'stopped', ...counts }
        : this.failed(poller, counts, error);
    }
  }

  /** All at once, so that they share a commit. */
  private async handIn(events: readonly IncomingEvent[], counts: Counts): Promise<void> {
    for (let start = 0; start < events.length; start += this.atOnce) {
      const group = events.slice(start, start + this.atOnce);
      const results = await Promise.allSettled(
        group.map((event) => this.inbox.accept(event, 'store')),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') counts[countOf(result.value)]++;
      }
      const refused = results.find((result) => result.status === 'rejected');
      if (refused !== undefined) throw refused.reason;
    }
  }

  private async release(poller: Poller, lease: PollLease, result: PollRunResult): Promise<void> {
    const error =
      result.outcome === 'failed' ? result.error : result.outcome === 'done' ? null : undefined;
    await lease.release(error).catch((reason: unknown) => {
      this.logger.error(
        `Poller '${poller.name}' could not be released, and stays leased until its lease runs out: ` +
          describeError(reason),
      );
    });
  }

  private failed(poller: Poller, counts: Counts, error: unknown): PollRunResult {
    const reason = describeError(error);
    this.logger.error(`Poller '${poller.name}' failed; the next tick tries again: ${reason}`);
    return { outcome: 'failed', error: reason, ...counts };
  }
}

function countOf({ outcome }: AcceptResult): keyof Counts {
  return outcome === 'duplicate' ? 'duplicates' : outcome;
}
