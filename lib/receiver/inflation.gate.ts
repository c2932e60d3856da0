import type { Clock } from '../clock/clock.js';

/** Node.js has few threads for such work, and everything else in the process needs them too. */
const MAX_AT_ONCE = 2;

/** A request that waits longer is refused, and its sender tries again. */
const MAX_WAIT_MS = 5_000;

/**
 * Lets only a few bodies be inflated at a time: each may take a window and an output of its own, before anyone
 * knows who sent it.
 *
 * @internal
 */
export class InflationGate {
  /** In the order in which they came. */
  private readonly waiting = new Set<(entered: boolean) => void>();
  private underWay = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Runs a task when there is room.
   *
   * @param onWait is given a function that ends the waiting
   * @returns `undefined` when there was no room in time
   */
  async run<Result>(
    task: () => Promise<Result>,
    onWait: (leave: () => void) => void,
  ): Promise<Result | undefined> {
    if (this.underWay < MAX_AT_ONCE) this.underWay += 1;
    else if (!(await this.room(onWait))) return undefined;
    try {
      return await task();
    } finally {
      this.pass();
    }
  }

  private room(onWait: (leave: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (entered: boolean): void => {
        this.waiting.delete(settle);
        cancel();
        resolve(entered);
      };
      const leave = (): void => {
        if (this.waiting.has(settle)) settle(false);
      };
      const cancel = this.clock.schedule(leave, MAX_WAIT_MS);
      this.waiting.add(settle);
      onWait(leave);
    });
  }

  /** The task that waited longest takes the place. */
  private pass(): void {
    const [next] = this.waiting;
    if (next === undefined) this.underWay -= 1;
    else next(true);
  }
}
