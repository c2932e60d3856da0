/** How far ahead jobs are held: one that waits here for longer could have run on another machine. */
const HORIZON_MS = 1_000;

/** How much the latest attempt weighs. */
const WEIGHT = 0.1;

/**
 * How fast this process gets through its jobs, and so how many it may hold beyond those that run: many
 * of a quick kind, so that they need no claim; few of a slow one, which others may have time for.
 *
 * @internal
 */
export class Pace {
  private averageMs = 0;

  /** @param most however quick the jobs are */
  constructor(
    private readonly concurrency: number,
    private readonly most: number,
  ) {}

  /** Notes how long an attempt took, in milliseconds. */
  note(durationMs: number): void {
    this.averageMs += (Math.max(0, durationMs) - this.averageMs) * WEIGHT;
  }

  /** How many jobs may wait. */
  get ahead(): number {
    const perHorizon = (this.concurrency * HORIZON_MS) / Math.max(1, this.averageMs);
    return Math.min(this.most, Math.ceil(perHorizon));
  }
}
