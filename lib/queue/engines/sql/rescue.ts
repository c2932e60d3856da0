import type { CancelTimer, Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { LaneSeats } from './lane-seats.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import type { LeasedJob } from '../../job.js';

/** How long suspects run, one after the other, before other jobs run again, in milliseconds. */
const TURN_MS = 250;

/**
 * How long to wait for running jobs to end, in milliseconds, while no other job starts. Suspects then run
 * beside jobs that take longer, and other jobs run for as long before the next wait: a slow handler must
 * neither stop its process nor keep suspects waiting forever.
 */
const DRAIN_MS = 5_000;

/** What the rescue needs of the process. */
export interface RescueHost {
  readonly owner: string;
  readonly leaseMs: number;
  /** The kinds of jobs that this process cannot run. */
  leftToOthers(): readonly string[];
  /** Whether suspects may run now. */
  mayRun(): boolean;
  /** Runs the job, beside slow ones only; resolves when it has left this process. */
  runByItself(job: LeasedJob, leaseUntil: number): Promise<void>;
}

/**
 * Runs suspects: jobs that were leased to a process when it died, one of which may be the cause. Each runs
 * while no other job is leased to this process, except slow ones that run already, so that a job that kills
 * this process too is known.
 *
 * @internal
 */
export class Rescue {
  /** Whether suspects have their turn: this process may lease no other job. */
  isUnderWay = false;
  private current: Promise<number> | undefined;
  /** Jobs that were still running when the wait was over: suspects run beside them. */
  private readonly slow = new WeakSet<LocalJob>();
  private notBefore = -Infinity;

  constructor(
    private readonly localJobs: LocalJobs,
    private readonly seats: LaneSeats,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly host: RescueHost,
  ) {}

  /**
   * Runs due suspects, for one turn.
   *
   * @param when `in turn` lets other jobs run first, if the last wait was in vain
   * @returns how many suspects ran
   * @throws the database's error
   */
  turn(when: 'in turn' | 'at once'): Promise<number> {
    if (when === 'in turn' && this.clock.now() < this.notBefore) return Promise.resolve(0);
    this.current ??= this.run().finally(() => {
      this.current = undefined;
    });
    return this.current;
  }

  /** Resolves when no turn is running. */
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
        for (const local of this.localJobs.all()) this.slow.add(local);
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
      return await Promise.race([this.localJobs.idleBut(this.slow).then(() => true), timeout]);
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
      const waiting = await this.seats.seat([job]);
      if (waiting.size === 0) await this.host.runByItself(job, leaseUntil);
    }
  }
}
