import { AsyncResource } from 'node:async_hooks';
import { OverloadedError } from './overloaded.error.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly size: number;
  readonly bytes: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions<Item, Result> {
  /** Commits a group in one transaction; gives a result for each item, in their order. */
  commit(items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether the error is the fault of one item; the others of its group are then tried without it. */
  isItemError(error: unknown): boolean;
  /** How much an item counts, where it is more than one thing. @default 1 for each */
  sizeOf?(item: Item): number;
  /** Most items in one transaction, by their size; a larger one has a transaction of its own. */
  readonly maxGroup: number;
  /** How many bytes an item has, where they may be many. @default 0 for each */
  bytesOf?(item: Item): number;
  /** Most bytes in one transaction; an item with more has a transaction of its own. @default no limit */
  readonly maxGroupBytes?: number;
  /**
   * How many groups may be on their way at the same time: while the database works on one, the next is
   * sent. What waits is shared out among those that are free. @default 1
   */
  readonly lanes?: number;
  /** As soon as so many wait for their commit, by their size, no more are taken. */
  readonly maxWaiting: number;
  /** As soon as so many bytes wait for their commit, no more are taken. @default no limit */
  readonly maxWaitingBytes?: number;
}

/**
 * For how many turns of the event loop a group waits at most while each one brings more: what comes in
 * over many connections does not come in one turn. Where nothing more comes, it waits for none.
 */
const MAX_TURNS = 3;

/**
 * Lets callers that come at the same time share one transaction. A group is committed as soon as
 * the one before has ended, without a timer; each caller is answered after its commit.
 *
 * @internal
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private waitingSize = 0;
  private waitingBytes = 0;
  private readonly lanes: number;
  private busyLanes = 0;
  private isScheduled = false;
  /** How much was waiting at the end of the turn before. */
  private seenSize = 0;
  private turns = 0;
  private idleListeners: (() => void)[] = [];

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {
    this.lanes = options.lanes ?? 1;
  }

  /**
   * Commits the item with whatever else is waiting.
   *
   * @throws {OverloadedError} when too many items wait already
   */
  add(item: Item): Promise<Result> {
    if (this.isFull()) return Promise.reject(new OverloadedError(this.waitingSize));
    const size = this.options.sizeOf?.(item) ?? 1;
    const bytes = this.options.bytesOf?.(item) ?? 0;
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, size, bytes, resolve, reject });
      this.waitingSize += size;
      this.waitingBytes += bytes;
      this.flushSoon();
    });
  }

  /** Resolves when nothing is waiting or being committed. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0 || this.busyLanes > 0) {
      await new Promise<void>((resolve) => this.idleListeners.push(resolve));
    }
  }

  /**
   * After this turn of the event loop, so that all requests which it brought are in one group. Bound
   * to the root context: a group belongs to all its callers, not to the one who came first.
   */
  private flushSoon(): void {
    if (this.isScheduled || this.busyLanes === this.lanes) return;
    this.isScheduled = true;
    this.seenSize = this.waitingSize;
    this.turns = 0;
    this.nextTurn();
  }

  private nextTurn(): void {
    setImmediate(detached(() => (this.isGrowing() ? this.nextTurn() : this.flush())));
  }

  private isGrowing(): boolean {
    const grew = this.waitingSize > this.seenSize;
    this.seenSize = this.waitingSize;
    return grew && ++this.turns <= MAX_TURNS && this.waitingSize < this.options.maxGroup;
  }

  private flush(): void {
    this.isScheduled = false;
    while (this.waiting.length > 0 && this.busyLanes < this.lanes) {
      const share = Math.ceil(this.waitingSize / (this.lanes - this.busyLanes));
      void this.runLane(Math.min(share, this.options.maxGroup));
    }
  }

  private async runLane(share: number): Promise<void> {
    this.busyLanes++;
    await this.commit(this.takeGroup(share));
    while (this.waiting.length > 0) await this.commit(this.takeGroup(this.options.maxGroup));
    this.busyLanes--;
    if (this.busyLanes === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  /** As many of those that wait longest as fit; at least one. */
  private takeGroup(maxSize: number): Waiting<Item, Result>[] {
    const { maxGroupBytes = Infinity } = this.options;
    let count = 0;
    let size = 0;
    let bytes = 0;
    for (const next of this.waiting) {
      const isOver = size + next.size > maxSize || bytes + next.bytes > maxGroupBytes;
      if (count > 0 && isOver) break;
      size += next.size;
      bytes += next.bytes;
      count++;
    }
    this.waitingSize -= size;
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  private isFull(): boolean {
    const { maxWaiting, maxWaitingBytes = Infinity } = this.options;
    return this.waitingSize >= maxWaiting || this.waitingBytes >= maxWaitingBytes;
  }

  private async commit(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.commit(group.map(({ item }) => item));
      group.forEach((entry, index) => entry.resolve(results[index] as Result));
    } catch (error) {
      if (group.length > 1 && this.options.isItemError(error)) {
        const middle = Math.ceil(group.length / 2);
        await this.commit(group.slice(0, middle));
        await this.commit(group.slice(middle));
      } else {
        for (const entry of group) entry.reject(error);
      }
    }
  }
}

const root = new AsyncResource('GroupCommit');

function detached(callback: () => void): () => void {
  return () => root.runInAsyncScope(callback);
}
