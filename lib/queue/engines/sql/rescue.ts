import type { CancelTimer, Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { LeasedJob } from '../../job.js';

/** How long suspects are run, one after the other, before other jobs have their turn again, in milliseconds. */
const TURN_MS = 250;

/**
 * How long other jobs wait for those that run to come to their end, in milliseconds. What takes longer is waited
 * for no more, and the others have their turn for as long before the next wait: a slow handler must neither stop
 * its process nor keep suspects waiting forever.
 */
const DRAIN_MS = 5_000;

/** What the rescue needs of the process. */
export interface RescueHost {
  readonly owner: string;
  readonly leaseMs: number;
  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[];
  /** Whether suspects may be run now. */
  mayRun(): boolean;
  /** Runs the job, beside slow ones only; resolves when it has left. */
  runByItself(job: LeasedJob, leaseUntil: number): Promise<void>;
}

/**
 * Runs suspects: jobs that were leased to a process when it died, one of which it may have died of. Each is
 * run while no other job is leased to this process, but for slow ones that run already, so that whichever kills this
 * one, too, is known by that.
 *
 * @internal
 */
export class Rescue {
  /** Whether no other job may be leased to this process. */
  isUnderWay = false;
  private current: Promise<number> | undefined;
  /** What was still running when a wait was over: suspects are run beside it. */
  private readonly slow = new WeakSet<HeldJob>();
  private notBefore = -Infinity;

  constructor(
    private readonly held: HeldJobs,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly host: RescueHost,
  ) {}

  /**
   * Runs suspects that may be run, for one turn.
   *
   * @param when whether other jobs have their turn before, after one that was in vain
   * @returns how many
   * @throws whatever the database throws
   */
  turn(when: 'in turn' | 'at once'): Promise<number> {
    if (when === 'in turn' && this.clock.now() < this.notBefore) return Promise.resolve(0);
    this.current ??= this.run().finally(() => {
      this.current = undefined;
    });
    return this.current;
  }

  /** Resolves when no turn is under way. */
  async ended(): Promise<void> {
    await this.current?.catch(() => undefined);
  }

  private async run(): Promise<number> {
    const now = this.clock.now();
    const except = this.host.leftToOthers();
    if (!(await this.database.transaction(() => this.dialect.hasSuspect(now, except)))) return 0;
    this.isUnderWay = true;
    try {
      if (!(await this.drained())) {
        for (const held of this.held.all()) this.slow.add(held);
        this.notBefore = this.clock.now() + DRAIN_MS;
      }
      return await this.runSome();
    } finally {
      this.isUnderWay = false;
    }
  }

  private async drained(): Promise<boolean> {
    let cancel: CancelTimer = () => undefined;
    const timeout = new Promise<false>((resolve) => {
      cancel = this.clock.schedule(() => resolve(false), DRAIN_MS);
    });
    try {
      return await Promise.race([this.held.idleBut(this.slow).then(() => true), timeout]);
    } finally {
      cancel();
    }
  }

  private async runSome(): Promise<number> {
    const { owner, leaseMs } = this.host;
    const endOfTurn = this.clock.now() + TURN_MS;
    for (let count = 0; ; count++) {
      const now = this.clock.now();
      if (!this.host.mayRun() || now >= endOfTurn) return count;
      const leaseUntil = now + leaseMs;
      const except = this.host.leftToOthers();
      const job = await this.database.transaction(() =>
        this.dialect.claimSuspect({ now, leaseUntil, leasedBy: owner, except }),
      );
      if (job === undefined) return count;
      await this.host.runByItself(job, leaseUntil);
    }
  }
}
