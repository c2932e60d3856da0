import { Inject, Injectable } from '@nestjs/common';
import type { CancelTimer, Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { PollCursorStore } from '../cursor/poll-cursor.store.js';
import { PollRunner } from './poll.runner.js';
import type { Poller } from '../poller.js';

/** What of a poller's row says whether a run of it is owed. */
const SCHEDULING_COLUMNS = ['name', 'notBefore', 'lastTick', 'leaseUntil', 'paused'] as const;

interface PostponedRun {
  readonly until: number;
  readonly cancel: CancelTimer;
}

/**
 * Runs a poller that its API has postponed as soon as the API permits it: the next tick of a daily poller would
 * be too late. Each process has a timer for it, and the first one to take the poller runs it.
 *
 * @internal
 */
@Injectable()
export class PostponedRuns {
  private readonly byPoller = new Map<string, PostponedRun>();
  private isStopped = false;

  constructor(
    private readonly cursors: PollCursorStore,
    private readonly runner: PollRunner,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** Runs a poller for a tick. Never rejects. */
  async runTick(poller: Poller, scheduledAt: number): Promise<void> {
    await this.run(poller, scheduledAt, 'tick');
  }

  /**
   * Finds the runs that were postponed in other processes, before a restart, or in a run by hand.
   *
   * @throws {Error} what the database throws
   */
  async look(pollers: readonly Poller[]): Promise<void> {
    const names = pollers.map(({ name }) => name);
    const rows = await this.cursors.load(names, SCHEDULING_COLUMNS);
    const now = this.clock.now();
    for (const { name, notBefore, lastTick, leaseUntil, paused } of rows) {
      const poller = pollers.find((one) => one.name === name);
      if (poller === undefined || notBefore === null || paused) continue;
      // Where the run after the wait has failed, the next tick is the next try.
      if ((lastTick ?? 0) >= notBefore || (leaseUntil ?? 0) > now) continue;
      if (notBefore > now || poller.catchUp) this.arm(poller, notBefore);
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const { cancel } of this.byPoller.values()) cancel();
    this.byPoller.clear();
  }

  private arm(poller: Poller, until: number): void {
    const armed = this.byPoller.get(poller.name);
    if (this.isStopped || armed?.until === until) return;
    armed?.cancel();
    const cancel = this.clock.schedule(
      () => {
        this.byPoller.delete(poller.name);
        void this.run(poller, until, 'postponed');
      },
      Math.max(until - this.clock.now(), 0),
    );
    this.byPoller.set(poller.name, { until, cancel });
  }

  private async run(poller: Poller, at: number, reason: 'tick' | 'postponed'): Promise<void> {
    const result = await this.runner.run(poller, at, reason);
    if (result.outcome === 'postponed') this.arm(poller, result.until.getTime());
  }
}
