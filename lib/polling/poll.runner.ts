import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { unlessAborted } from '../database/unless-aborted.js';
import { describeError } from '../errors/describe-error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { Inbox } from '../inbox/inbox.js';
import { RESOLVED_INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox/inbox.options.js';
import type { AcceptResult, IncomingEvent } from '../inbox/incoming-event.js';
import type { FailedItem, PollProgress } from './page.reader.js';
import {
  PollCursorStore,
  type LeaseAnswer,
  type LeaseRequest,
  type PollEnding,
  type PollPast,
} from './poll-cursor.store.js';
import type { PollItemEntity } from './poll-item.entity.js';
import { PollItemStore } from './poll-item.store.js';
import { PollLease } from './poll-lease.js';
import { PollTimeoutError } from './poll-timeout.error.js';
import { postponedMs, postponementOf, type Postponement } from './postponement.js';
import { PollLeaseLostError } from './poll-lease-lost.error.js';
import type { PolledEventCounts, PollRunResult } from './poll-run-result.js';
import type { Poller } from './poller.js';
import { RESOLVED_POLLING_OPTIONS, type ResolvedPollingOptions } from './polling.options.js';

/** Most events that are handed in at the same time. */
const MAX_HANDED_IN = 500;

/** What a run is for. */
type Occasion = Pick<LeaseRequest, 'scheduledAt' | 'reason'>;

type RunReason = LeaseRequest['reason'];

/** A run under its lease. */
interface LeasedRun {
  readonly lease: PollLease;
  readonly progress: PollProgress;
  readonly past: PollPast;
  readonly counts: Counts;
}

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
    private readonly items: PollItemStore,
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
   * @param reason whether that is a tick of its schedule, or the end of a postponement
   */
  run(poller: Poller, scheduledAt?: number, reason?: RunReason): Promise<PollRunResult> {
    if (this.running.has(poller.name)) return Promise.resolve({ outcome: 'busy' });
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
      const result = await this.runLeased(poller, { lease, progress, past, counts });
      await this.release(poller, lease, result, past);
      return result;
    } catch (error) {
      return this.failed(poller, counts, error);
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

  private async runLeased(poller: Poller, run: LeasedRun): Promise<PollRunResult> {
    const { lease, counts, past } = run;
    const limit = new AbortController();
    const cancel = this.clock.schedule(
      () => limit.abort(new PollTimeoutError(poller.name, poller.timeoutMs)),
      poller.timeoutMs,
    );
    const stopped = AbortSignal.any([this.stopping.signal, lease.lost]);
    try {
      const more = await this.readOn(poller, run, limit.signal, stopped);
      return stopped.aborted
        ? { outcome: 'stopped', ...counts }
        : { outcome: 'done', more, ...counts };
    } catch (error) {
      if (error instanceof PollLeaseLostError) this.logger.warn(error.message);
      if (stopped.aborted) return { outcome: 'stopped', ...counts };
      const postponement = postponementOf(error, this.clock.now());
      return postponement === undefined
        ? this.failed(poller, counts, error)
        : this.postponed(poller, counts, postponement, past);
    } finally {
      cancel();
    }
  }

  /** Whether there is more to read. A method that does not end when its time is over is left to itself. */
  private async readOn(
    poller: Poller,
    { lease, progress, counts }: LeasedRun,
    limit: AbortSignal,
    stopped: AbortSignal,
  ): Promise<boolean> {
    const signal = AbortSignal.any([limit, stopped]);
    const interrupted = AbortSignal.any([limit, lease.lost]);
    const items = await this.items.load(poller.name);
    for (const item of items) {
      if (item.parkedAt !== null || signal.aborted) continue;
      await unlessAborted(this.retry(poller, item, counts, signal), interrupted);
    }
    const aside = new Set(items.map(({ item }) => item));
    const batches = poller.reader.read(progress, signal, aside)[Symbol.asyncIterator]();
    let more = false;
    for (;;) {
      const next = await unlessAborted(Promise.resolve(batches.next()), interrupted);
      if (next.done === true) return more;
      const { events, failed = [], progress: reached, failure } = next.value;
      await this.handIn(events, counts);
      await this.setAside(poller, failed);
      await lease.save(reached);
      if (failure !== undefined) throw failure.error;
      more = next.value.more;
    }
  }

  /** Tries once more what was set aside; what fails again holds up nothing. */
  private async retry(
    poller: Poller,
    { item, kind, content }: PollItemEntity,
    counts: Counts,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const events = await poller.reader.retry(content, signal);
      if (signal.aborted) return;
      await this.handIn(events, counts);
    } catch (error) {
      if (postponementOf(error, this.clock.now()) !== undefined) throw error;
      await this.setAside(poller, [{ item, kind, content, error }]);
      return;
    }
    await this.items.remove(poller.name, item);
  }

  private async setAside(poller: Poller, failed: readonly FailedItem[]): Promise<void> {
    if (failed.length === 0) return;
    const parked = await this.items.fail(poller.name, failed, poller.parkAfter);
    const isParked = new Set(parked.map(({ item }) => item));
    for (const { item, kind, content, error } of failed) {
      const what = kind === 'row' ? `row ${content}` : `item ${item}`;
      this.logger.warn(
        isParked.has(item)
          ? `Poller '${poller.name}' has parked the ${what}, and tries it no more: ${describeError(error)}. ` +
              `See PollRegistry.parked() and retryParked().`
          : `Poller '${poller.name}' could not take the ${what}, and goes on with the others: ${describeError(error)}`,
      );
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

  private async release(
    poller: Poller,
    lease: PollLease,
    result: PollRunResult,
    past: PollPast,
  ): Promise<void> {
    await lease.release(endingOf(result), past).catch((reason: unknown) => {
      this.logger.error(
        `Poller '${poller.name}' could not be released, and stays leased until its lease runs out: ` +
          describeError(reason),
      );
    });
  }

  private postponed(
    poller: Poller,
    counts: Counts,
    postponement: Postponement,
    { postponements }: PollPast,
  ): PollRunResult {
    const waitMs = postponedMs(postponement, postponements);
    const until = new Date(this.clock.now() + waitMs);
    this.logger.warn(
      `Poller '${poller.name}' is postponed for ${Math.ceil(waitMs / 1_000)} s: ${postponement.reason}`,
    );
    return { outcome: 'postponed', until, ...counts };
  }

  private failed(poller: Poller, counts: Counts, error: unknown): PollRunResult {
    const reason = describeError(error);
    this.logger.error(`Poller '${poller.name}' failed; the next tick tries again: ${reason}`);
    return { outcome: 'failed', error: reason, ...counts };
  }
}

function endingOf(result: PollRunResult): PollEnding {
  switch (result.outcome) {
    case 'done':
      return { kind: 'succeeded' };
    case 'failed':
      return { kind: 'failed', error: result.error };
    case 'postponed':
      return {
        kind: 'postponed',
        error: `postponed until ${result.until.toISOString()}`,
        until: result.until.getTime(),
      };
    default:
      return { kind: 'stopped' };
  }
}

function countOf({ outcome }: AcceptResult): keyof Counts {
  return outcome === 'duplicate' ? 'duplicates' : outcome;
}
