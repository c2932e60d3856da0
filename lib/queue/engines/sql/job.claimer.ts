import type { CancelTimer } from '../../../clock/clock.js';
import { isOfKind, sharesAround } from '../../share.js';
import { ClaimIntake, type IntakeHost, type IntakeTools } from './claim.intake.js';
import type { LocalJob } from './local-job.js';
import type { LocalPool } from './local-pool.js';
import { PoolClaimer, UNSHARED, type PoolClaimHost } from './pool.claimer.js';
import type { Rescue } from './rescue.js';

/** How many intervals pass between two polls while others wake this process. */
const INTERVALS_WHEN_WOKEN = 5;

/**
 * Between two polls for jobs that become due: those of a whole herd, such as a thousand timers in one second, are claimed
 * in groups.
 */
const SHORTEST_INTERVAL_MS = 10;

/** What claiming needs. */
export interface ClaimTools extends IntakeTools {
  readonly rescue: Rescue;
}

/** What the claimer needs of the process. */
export interface ClaimHost extends Omit<IntakeHost, 'claimFailed'> {
  readonly pollIntervalMs: number;
  /** A pool for jobs of which this process does not know yet to which of its pools they belong. */
  readonly unknownPool: LocalPool<LocalJob>;
  /** Whether the process claims jobs. */
  isStarted(): boolean;
  /** How many more jobs of the pool may be leased to this process. */
  room(pool: LocalPool<LocalJob>): number;
  /** Called when a part of the work failed; it is tried again. */
  failed(work: string, problem: unknown): void;
}

/**
 * Claims due jobs: when it is woken, at each interval, and when the next job is due.
 *
 * @internal
 */
export class JobClaimer {
  private readonly claimers = new Map<number, PoolClaimer>();
  private readonly claimHost: PoolClaimHost;
  private readonly intake: ClaimIntake;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  /** When the next job is due, as far as this process knows. */
  private nextDue = Infinity;
  private nextRescue = -Infinity;
  private nextPoll: { readonly at: number; readonly cancel: CancelTimer } | undefined;

  constructor(
    private readonly tools: ClaimTools,
    private readonly host: ClaimHost,
  ) {
    this.intake = new ClaimIntake(tools, {
      ...host,
      claimFailed: (error) => this.failed('Looking for due jobs', error),
    });
    this.claimHost = {
      isStarted: () => host.isStarted(),
      room: (pool) => host.room(pool),
      mayPassOver: tools.dialect.passesOverNeighbours,
      claimSize: (room) => tools.dialect.claimSize(room),
      claim: (pool, shares, each) => this.intake.claim(pool, shares, each),
      outside: (work) => tools.database.outside(work),
    };
  }

  /** Suspects have their next turn a whole interval after this one: other jobs run meanwhile. */
  start(): void {
    const intervals = this.tools.database.wakeUps.isListening ? INTERVALS_WHEN_WOKEN : 1;
    const now = this.tools.clock.now();
    const latest = now + intervals * this.host.pollIntervalMs;
    this.pollBy(Math.min(Math.max(this.nextDue, now + SHORTEST_INTERVAL_MS), latest));
  }

  /** Polls after one interval at the latest. */
  pollSoon(): void {
    if (!this.host.isStarted()) return;
    this.expectAt(this.tools.clock.now() + this.host.pollIntervalMs);
  }

  /** Resolves when no claim is under way. */
  async stop(): Promise<void> {
    this.nextPoll?.cancel();
    await this.ended();
  }

  /** Looks for due jobs now, and claims them. */
  wake(): void {
    if (!this.host.isStarted()) return;
    this.tools.database.outside(() => void this.lookAndWake());
  }

  /** Claims due jobs of these lines now. */
  wakeShares(shares: readonly number[]): void {
    if (!this.host.isStarted()) return;
    const isOurs = this.ownShares();
    const claimers = new Set(shares.filter(isOurs).map((share) => this.expect(share)));
    for (const claimer of claimers) claimer.wake();
  }

  /** Notes that a job becomes due at this instant, in milliseconds since the epoch. */
  expectAt(dueAt: number): void {
    this.nextDue = Math.min(this.nextDue, dueAt);
    if (this.nextPoll !== undefined && dueAt < this.nextPoll.at) this.pollBy(dueAt);
  }

  /** Claims more jobs of a pool that has room again. */
  makeRoom(pool: LocalPool<LocalJob>): void {
    if (this.host.room(pool) <= pool.pace.ahead / 2) return;
    this.claimers.get(pool.shares.from)?.wake();
    // What stands in no line may belong to any pool.
    this.claimers.get(UNSHARED)?.wake();
  }

  /** Whether this process can claim jobs of the line at once. */
  hasRoomFor(share: number): boolean {
    const pool = this.tools.pools.startingAt(sharesAround(share).from);
    return this.host.isStarted() && pool !== undefined && this.host.room(pool) > 0;
  }

  /** Resolves when no claim is under way. */
  async ended(): Promise<void> {
    await this.looking;
    for (const claimer of this.claimers.values()) await claimer.ended();
  }

  /**
   * Claims as many due jobs as this process has room for.
   *
   * @returns how many
   * @throws the database's error
   */
  async claimAll(): Promise<number> {
    await this.look();
    let claimed = 0;
    for (const claimer of this.claimers.values()) {
      if (claimer.expectsMore) claimed += await claimer.claim();
    }
    return claimed;
  }

  /**
   * Looks for due jobs, and claims them. While the database is away, one statement for each poll is enough to learn of it.
   *
   * @returns whether it could look
   */
  private async lookAndWake(): Promise<boolean> {
    // A look that began before a job became due may not have seen it: another one follows.
    this.lookAgain = this.looking !== undefined;
    if (this.lookAgain) return true;
    let hasLooked = true;
    this.looking = this.look()
      .catch((error: unknown) => {
        hasLooked = false;
        this.failed('Looking for due jobs', error);
      })
      .finally(() => {
        this.looking = undefined;
      });
    await this.looking;
    if (hasLooked) this.wakeAll();
    if (this.lookAgain) this.wake();
    return hasLooked;
  }

  private wakeAll(): void {
    for (const claimer of this.claimers.values()) claimer.wake();
  }

  private async look(): Promise<void> {
    const now = this.tools.clock.now();
    const open = await this.tools.database.transaction(() => this.tools.dialect.look(now));
    const isOurs = this.ownShares();
    let next = Infinity;
    for (const { share, dueAt, nextAt } of open) {
      if (share !== null && !isOurs(share)) continue;
      if (dueAt <= now) this.expect(share ?? UNSHARED);
      // Behind one that is due, others may become due long before the next poll.
      next = Math.min(next, nextAt);
    }
    this.expectAt(next);
  }

  /** Tells the lines of jobs that this process can run. */
  private ownShares(): (share: number) => boolean {
    const except = this.host.leftToOthers();
    return (share) => !except.some((kind) => isOfKind(share, kind));
  }

  private expect(share: number): PoolClaimer {
    const first = share === UNSHARED ? UNSHARED : sharesAround(share).from;
    let claimer = this.claimers.get(first);
    if (claimer === undefined) {
      const { pools } = this.tools;
      const pool = (): LocalPool<LocalJob> => pools.startingAt(first) ?? this.host.unknownPool;
      claimer = new PoolClaimer(this.claimHost, pool);
      this.claimers.set(first, claimer);
    }
    claimer.expect(share);
    return claimer;
  }

  private pollBy(at: number): void {
    this.nextPoll?.cancel();
    const cancel = this.tools.clock.schedule(
      () => {
        this.nextPoll = undefined;
        this.nextDue = Infinity;
        void this.tools.database.outside(() => this.poll());
      },
      Math.max(0, at - this.tools.clock.now()),
    );
    this.nextPoll = { at, cancel };
  }

  private async poll(): Promise<void> {
    const hasLooked = await this.lookAndWake();
    await this.rescueInTurn();
    if (!this.host.isStarted()) return;
    this.start();
    // Nothing is claimed while suspects run.
    if (hasLooked) this.wakeAll();
  }

  /** A poll that comes early, because a job is due, leaves the suspects to the next one. */
  private async rescueInTurn(): Promise<void> {
    const now = this.tools.clock.now();
    if (now < this.nextRescue) return;
    try {
      // There may be more of them.
      if ((await this.tools.rescue.turn('in turn')) > 0) this.pollSoon();
    } catch (error) {
      this.failed('Looking for jobs of processes that died', error);
    }
    this.nextRescue = this.tools.clock.now() + this.host.pollIntervalMs;
  }

  private failed(work: string, error: unknown): void {
    this.host.failed(work, error);
    this.pollSoon();
  }
}
