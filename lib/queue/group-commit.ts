import { AsyncResource } from 'node:async_hooks';
import { OverloadedError } from './overloaded.error.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions<Item, Result> {
  /** Commits a group in one transaction; gives a result for each item, in their order. */
  commit(items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether the error is the fault of one item; the others of its group are then tried without it. */
  isItemError(error: unknown): boolean;
  /** Most items in one transaction. */
  readonly maxGroup: number;
  /** Most items that may wait for their commit; one more is refused. */
  readonly maxWaiting: number;
}

/**
 * Lets callers that come at the same time share one transaction. A group is committed as soon as
 * the one before has ended, without a timer; each caller is answered after its commit.
 *
 * @internal
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private flushing: Promise<void> | undefined;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {}

  /**
   * Commits the item with whatever else is waiting.
   *
   * @throws {OverloadedError} when too many items wait already
   */
  add(item: Item): Promise<Result> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(new OverloadedError(this.options.maxWaiting));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.flushing ??= this.flushSoon();
    });
  }

  /** Resolves when nothing is waiting or being committed. */
  async idle(): Promise<void> {
    while (this.flushing !== undefined) await this.flushing;
  }

  /**
   * After this turn of the event loop, so that all requests which it brought are in one group. Bound
   * to the root context: a group belongs to all its callers, not to the one who came first.
   */
  private flushSoon(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(detached(() => void this.flush().then(resolve)));
    });
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.commit(this.waiting.splice(0, this.options.maxGroup));
    }
    this.flushing = undefined;
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
