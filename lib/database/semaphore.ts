/**
 * Lets a limited number of callers in at a time; the others wait in line.
 *
 * @internal
 */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];

  /** @param free how many callers may run at the same time, 1 or more */
  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
