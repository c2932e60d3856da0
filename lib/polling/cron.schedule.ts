import { CronJob, CronTime } from 'cron';

/** Clocks that are less apart agree: a timer is not more exact, and no schedule is finer. */
const LEAST_SKEW_MS = 500;

/** A timer that fires later than this after its instant has been asleep with the machine. */
const LATEST_MS = 60_000;

/**
 * When a poller runs.
 *
 * @internal
 */
export class CronSchedule {
  private readonly time: CronTime;

  /** @throws {Error} when the expression or the time zone is invalid, or no instant ever fits */
  constructor(
    readonly expression: string,
    readonly timeZone: string | undefined,
  ) {
    this.time = new CronTime(expression, timeZone ?? null);
    this.time.sendAt();
  }

  /** The next scheduled instant. */
  next(): Date {
    return this.time.sendAt().toJSDate();
  }

  /**
   * A stopped job that calls `onTick` at each scheduled instant, with that instant: the same one in
   * every process, however late its timer fires, and however far the clocks of machines are apart.
   *
   * @param now tells the time that all processes have in common
   */
  createJob(name: string, now: () => number, onTick: (scheduledAt: number) => void): CronJob {
    let expected = this.next().getTime();
    const job: CronJob = new CronJob(
      this.expression,
      () => {
        const scheduledAt = scheduledInstant(expected, Date.now());
        expected = job.nextDate().toMillis();
        onTick(this.commonInstant(scheduledAt, Date.now(), now()));
      },
      null,
      false,
      this.timeZone ?? null,
    );
    job.name = name;
    return job;
  }

  /**
   * The scheduled instant that a timer of this machine stands for.
   *
   * @param scheduledAt the instant by the machine's clock
   * @param here the machine's time at present
   * @param there the common time at present
   */
  commonInstant(scheduledAt: number, here: number, there: number): number {
    if (Math.abs(there - here) < LEAST_SKEW_MS) return scheduledAt;
    const at = scheduledAt + there - here;
    const after = this.following(at);
    let nearest = this.following(at - (this.following(after) - after));
    for (let next = this.following(nearest); next <= at; next = this.following(next))
      nearest = next;
    return at - nearest <= after - at ? nearest : after;
  }

  private following(instant: number): number {
    return this.time.getNextDateFrom(new Date(instant), this.timeZone).toMillis();
  }
}

/**
 * The instant that a timer was set for, or, where the host has since changed the job's schedule or the
 * machine has slept, the second in which it fires.
 *
 * @internal
 */
export function scheduledInstant(expected: number, now: number): number {
  return expected <= now && now - expected < LATEST_MS ? expected : Math.floor(now / 1_000) * 1_000;
}
