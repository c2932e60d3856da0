import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../../../clock/clock.js';
import { SystemClock } from '../../../clock/system.clock.js';
import { Ticker } from '../../../clock/ticker.js';
import { OverloadedError } from './overloaded.error.js';
import { WaitingLine, type Sized } from './waiting-line.js';

interface Waiting<Item, Result> extends Sized {
  readonly item: Item;
  /** The tick in which it was added. */
  readonly since: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions<Item, Result> {
  /**
   * Commits a group in one transaction; returns a result for each item, in their order.
   *
   * @param timely returns those items whose callers still wait, for a transaction that could not begin at
   * once
   */
  commit(items: readonly Item[], timely: () => readonly Item[]): Promise<readonly Result[]>;
  /** Whether one item caused the error; the others of its group are then tried without it. */
  isItemError(error: unknown): boolean;
  /** How much an item counts, if it is more than one thing. @default 1 for each */
  sizeOf?(item: Item): number;
  /** Most items in one transaction, by their size; a larger one has a transaction of its own. */
  readonly maxGroup: number;
  /** How many bytes an item has. @default 0 for each */
  bytesOf?(item: Item): number;
  /** Most bytes in one transaction; an item with more has a transaction of its own. @default no limit */
  readonly maxGroupBytes?: number;
  /**
   * How many groups may be committing at the same time: while the database works on one, the next is sent.
   * The waiting items are shared among the free lanes. @default 1
   */
  readonly lanes?: number;
  /** Most items, by their size, that may wait for their commit; more are refused. */
  readonly maxWaiting: number;
  /** Most bytes that may wait for their commit; more are refused. @default no limit */
  readonly maxWaitingBytes?: number;
  /**
   * After this time, in milliseconds, the caller of an item that is not committed gets the error. @default no
   * limit
   */
  readonly timeLimit?: {
    readonly ms: number;
    error(): Error;
    /** Measures the time. @default the machine's */
    readonly clock?: Clock;
  };
  /**
   * Called once for each item, as soon as its outcome is known, which may be long after its caller got the
   * error of the time limit: with its result, or without if it was not committed.
   */
  settled?(item: Item, result: Result | undefined): void;
}

/** How exactly the time limit is kept: in parts of it, and at least every 250 ms. */
const TICKS_PER_LIMIT = 40;
const LONGEST_TICK_MS = 250;

/**
 * How many turns of the event loop a group waits at most while each one brings more items: those of many
 * connections do not arrive in one turn. If a turn brings none, the group waits no longer.
 */
const MAX_TURNS = 3;

/**
 * Lets concurrent callers share one transaction. A group commits as soon as the one before has ended, without
 * a timer; each caller gets its answer after the commit.
 *
 * @internal
 */
export class GroupCommit<Item, Result> {
  private readonly waiting = new WaitingLine<Waiting<Item, Result>>();
  private readonly committing = new Set<readonly Waiting<Item, Result>[]>();
  private readonly ticker: Ticker | undefined;
  private readonly lanes: number;
  private busyLanes = 0;
  private isScheduled = false;
  /** The size of the waiting items at the end of the turn before. */
  private seenSize = 0;
  private turns = 0;
  private idleListeners: (() => void)[] = [];

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {
    this.lanes = options.lanes ?? 1;
    const { timeLimit } = options;
    if (timeLimit === undefined) return;
    const { ms, clock = new SystemClock() } = timeLimit;
    const everyMs = Math.min(LONGEST_TICK_MS, ms / TICKS_PER_LIMIT);
    this.ticker = new Ticker(clock, everyMs, () => this.expire());
  }

  /**
   * Commits the item together with others that wait.
   *
   * @throws {OverloadedError} when too many items wait already
   * @throws the error of the time limit; an item whose commit was under way may be committed nevertheless
   */
  add(item: Item): Promise<Result> {
    if (this.isFull()) {
      this.options.settled?.(item, undefined);
      return Promise.reject(new OverloadedError(this.waiting.size));
    }
    const size = this.options.sizeOf?.(item) ?? 1;
    const bytes = this.options.bytesOf?.(item) ?? 0;
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, size, bytes, since: this.ticker?.now ?? 0, resolve, reject });
      this.ticker?.start();
      this.flushSoon();
    });
  }

  /** Resolves when nothing is waiting or being committed. */
  async idle(): Promise<void> {
    while (!this.waiting.isEmpty || this.busyLanes > 0) {
      await new Promise<void>((resolve) => this.idleListeners.push(resolve));
    }
  }

  /**
   * Flushes after this turn of the event loop, so that all its requests are in one group. Bound to the root
   * context: a group belongs to all its callers, not to the first one.
   */
  private flushSoon(): void {
    if (this.isScheduled || this.busyLanes === this.lanes) return;
    this.isScheduled = true;
    this.seenSize = this.waiting.size;
    this.turns = 0;
    this.nextTurn();
  }

  private nextTurn(): void {
    setImmediate(detached(() => (this.isGrowing() ? this.nextTurn() : this.flush())));
  }

  private isGrowing(): boolean {
    const grew = this.waiting.size > this.seenSize;
    this.seenSize = this.waiting.size;
    return grew && ++this.turns <= MAX_TURNS && this.waiting.size < this.options.maxGroup;
  }

  private flush(): void {
    this.isScheduled = false;
    while (!this.waiting.isEmpty && this.busyLanes < this.lanes) {
      const share = Math.ceil(this.waiting.size / (this.lanes - this.busyLanes));
      void this.runLane(Math.min(share, this.options.maxGroup));
    }
  }

  private async runLane(share: number): Promise<void> {
    this.busyLanes++;
    await this.commitGroup(this.takeGroup(share));
    while (!this.waiting.isEmpty) await this.commitGroup(this.takeGroup(this.options.maxGroup));
    this.busyLanes--;
    if (this.busyLanes === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  private takeGroup(maxSize: number): Waiting<Item, Result>[] {
    return this.waiting.take(maxSize, this.options.maxGroupBytes ?? Infinity);
  }

  private isFull(): boolean {
    const { maxWaiting, maxWaitingBytes = Infinity } = this.options;
    return this.waiting.size >= maxWaiting || this.waiting.bytes >= maxWaitingBytes;
  }

  private async commitGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    this.committing.add(group);
    await this.commit(group);
    this.committing.delete(group);
  }

  private async commit(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.commit(itemsOf(group), () => this.timely(group));
      group.forEach((entry, index) => this.settle(entry, results[index] as Result));
    } catch (error) {
      if (group.length > 1 && this.options.isItemError(error)) {
        const middle = Math.ceil(group.length / 2);
        await this.commit(group.slice(0, middle));
        await this.commit(group.slice(middle));
      } else {
        for (const entry of group) this.fail(entry, error);
      }
    }
  }

  private timely(group: readonly Waiting<Item, Result>[]): readonly Item[] {
    const last = this.lastLateTick();
    return itemsOf(group.filter(({ since }) => since > last));
  }

  private settle({ item, resolve }: Waiting<Item, Result>, result: Result): void {
    this.options.settled?.(item, result);
    resolve(result);
  }

  private fail({ item, reject }: Waiting<Item, Result>, error: unknown): void {
    this.options.settled?.(item, undefined);
    reject(error);
  }

  /** The callers of items that were added in this tick or before have got the error of the time limit. */
  private lastLateTick(): number {
    const { timeLimit } = this.options;
    if (timeLimit === undefined || this.ticker === undefined) return -Infinity;
    return this.ticker.now - this.ticker.within(timeLimit.ms);
  }

  /** Fails the callers whose time is over, and drops their items that have not been sent. */
  private expire(): boolean {
    const { timeLimit } = this.options;
    if (timeLimit === undefined || this.ticker === undefined) return false;
    const last = this.lastLateTick();
    const isLate = ({ since }: Waiting<Item, Result>): boolean => since <= last;
    for (const entry of this.waiting.takeLate(isLate)) this.fail(entry, timeLimit.error());
    for (const group of this.committing) {
      for (const { reject } of group.filter(isLate)) reject(timeLimit.error());
    }
    return !this.waiting.isEmpty || this.committing.size > 0;
  }
}

function itemsOf<Item>(group: readonly { readonly item: Item }[]): Item[] {
  return group.map(({ item }) => item);
}

const root = new AsyncResource('GroupCommit');

function detached(callback: () => void): () => void {
  return () => root.runInAsyncScope(callback);
}
