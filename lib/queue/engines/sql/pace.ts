/** How much work to lease ahead: a job that waits here for longer could have run in another process. */
const HORIZON_MS = 1_000;

/** Weight of the latest attempt in the moving average. */
const WEIGHT = 0.1;

/**
 * Measures how fast this process runs its jobs, and so how many it may lease beyond the running ones: many
 * quick jobs, to save claims; few slow ones, which other processes may have time for.
 *
 * @internal
 */
export class Pace {
  private averageMs = 0;

  /** @param most limit for quick jobs */
  constructor(
    private readonly concurrency: number,
    private readonly most: number,
  ) {}

  /** Notes how long an attempt took, in milliseconds. */
  note(durationMs: number): void {
    this.averageMs += (Math.max(0, durationMs) - this.averageMs) * WEIGHT;
  }

  /** How many jobs may wait in this process. */
  get ahead(): number {
    const perHorizon = (this.concurrency * HORIZON_MS) / Math.max(1, this.averageMs);
    return Math.min(this.most, Math.ceil(perHorizon));
  }
}
