import { CronJob, CronTime } from 'cron';

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
   * every process, however late its timer fires.
   */
  createJob(name: string, onTick: (scheduledAt: number) => void): CronJob {
    let expected = this.next().getTime();
    const job: CronJob = new CronJob(
      this.expression,
      () => {
        const scheduledAt = scheduledInstant(expected, Date.now());
        expected = job.nextDate().toMillis();
        onTick(scheduledAt);
      },
      null,
      false,
      this.timeZone ?? null,
    );
    job.name = name;
    return job;
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
