import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { CancelTimer, Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { describeError } from '../../errors/describe-error.js';
import { Occurrences } from '../../telemetry/occurrences.js';
import { PollCursorStore } from '../cursor/poll-cursor.store.js';
import type { PollEnding } from '../cursor/poll-ending.js';
import type { LeaseAnswer, LeaseRequest } from '../cursor/poll-lease.answer.js';
import { PollLease } from '../cursor/poll-lease.js';
import type { PollRunResult } from '../poll-run-result.js';
import type { Poller } from '../poller.js';
import { POLLING_OPTIONS, type ResolvedPollingOptions } from '../polling.options.js';
import type { Counts } from './event.intake.js';
import type { LeasedRun } from './leased.run.js';
import { LeasedRunner } from './leased.runner.js';
import { OverdueMethods } from './overdue.methods.js';

/** Why a poller is run. */
type Occasion = Pick<LeaseRequest, 'scheduledAt' | 'reason'>;

type RunReason = LeaseRequest['reason'];

/**
 * Runs pollers, each in one run at a time: takes the lease of a poller, has it run, and gives the lease back.
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
    private readonly runner: LeasedRunner,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(POLLING_OPTIONS.token) private readonly options: ResolvedPollingOptions,
  ) {
    this.overdue = new OverdueMethods(occurrences, clock);
  }

  /**
   * Runs a poller, unless it is running already, here or in another process. Never rejects.
   *
   * @param scheduledAt the tick that it is run for; no tick is run twice. `undefined` for a run by hand
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

  /** Ends all runs after their current page, and waits for that. */
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
      const { result, ending } = await this.runner.run(run, this.stopping.signal, (unended) =>
        this.overdue.add(poller, unended),
      );
      await this.release(run, ending);
      return result;
    } catch (error) {
      return this.runner.failed(poller, counts, error).result;
    }
  }

  private async take(poller: Poller, occasion: Occasion): Promise<LeaseAnswer> {
    const request = { leasedBy: this.id, leaseMs: this.options.leaseMs, ...occasion };
    const answer = await this.cursors.take(poller.name, request);
    if (answer.outcome !== 'unknown') return answer;
    // It runs before the application has started, or its row was deleted.
    await this.cursors.register(poller);
    return this.cursors.take(poller.name, request);
  }

  private async release({ poller, lease, past }: LeasedRun, ending: PollEnding): Promise<void> {
    await lease.release(ending, past).catch((error: unknown) => {
      this.occurrences.publish({
        kind: 'poll.held-up',
        poller: poller.name,
        reason: `could not be released, and stays leased until its lease runs out: ${describeError(error)}`,
      });
    });
  }
}
