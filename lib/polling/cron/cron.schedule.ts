import { CronJob, CronTime } from 'cron';
import { CronCalendar } from './cron.calendar.js';
import { CronFields } from './cron.fields.js';

/** Clocks that are less apart agree: no timer is more exact, and no schedule is finer. */
const LEAST_SKEW_MS = 500;

/** Ticks that are closer are not made up for. */
const LEAST_GAP_TO_CATCH_UP_MS = 60_000;

/** Where a timer fires later than this after its instant, the machine was asleep. */
const LATEST_MS = 60_000;

/**
 * When a poller runs.
 *
 * @internal
 */
export class CronSchedule {
  private readonly time: CronTime;
  private readonly calendar: CronCalendar;

  /** @throws {Error} when the expression or the time zone is invalid, or no instant ever fits */
  constructor(
    readonly expression: string,
    readonly timeZone: string | undefined,
  ) {
    this.time = new CronTime(expression, timeZone ?? null);
    this.calendar = new CronCalendar(new CronFields(this.time), this.time.sendAt().zone);
  }

  /** The next scheduled instant. */
  next(): Date {
    return this.time.sendAt().toJSDate();
  }

  /**
   * A stopped job that calls `onTick` at each scheduled instant, with that instant: the same one in
   * every process, however late its timer fires, and however far the clocks of machines are apart.
   *
   * @param now gives the time that all processes have in common, in milliseconds since the epoch
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
    const isAgreed = Math.abs(there - here) < LEAST_SKEW_MS;
    // A process that started in the second of two equal hours has a timer for a tick that was run in the first.
    if (isAgreed && !this.calendar.isAfterChange(scheduledAt)) return scheduledAt;
    const at = isAgreed ? scheduledAt : scheduledAt + there - here;
    const { before, after } = this.around(at);
    return before !== undefined && at - before <= after - at ? before : after;
  }

  /** The latest scheduled instant that is not after this one; `undefined` where there was none for years. */
  previous(at: number): number | undefined {
    return this.calendar.upTo(at);
  }

  /**
   * The latest scheduled instant, where it has not been run. A frequent schedule does not make up for one, as the
   * next is near.
   *
   * @param lastTick the scheduled instant that was run last; `null` before the first run
   * @param now the present
   */
  missed(lastTick: number | null, now: number): number | undefined {
    if (lastTick === null) return undefined;
    const { before, after } = this.around(now);
    if (before === undefined || before <= lastTick) return undefined;
    return after - before > LEAST_GAP_TO_CATCH_UP_MS ? before : undefined;
  }

  /** The first scheduled instant after this one. */
  following(at: number): number {
    return this.calendar.after(at);
  }

  private around(at: number): { readonly before: number | undefined; readonly after: number } {
    return { before: this.calendar.upTo(at), after: this.calendar.after(at) };
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
