import type { CronTime } from 'cron';

const DAY_MS = 86_400_000;

/** No schedule has longer gaps: the 29th of February may be missing for eight years. */
const MAX_GAP_MS = 9 * 366 * DAY_MS;

/** Which way a search goes: to later times or to earlier ones. */
type Direction = 1 | -1;

/**
 * The local times that a cron expression names. A local time is written as the instant at which UTC shows
 * it, in milliseconds: no time zone plays a part.
 *
 * @internal
 */
export class CronFields {
  /** Hours, minutes and seconds. */
  private readonly timeOfDay: readonly (readonly number[])[];
  private readonly days: ReadonlySet<number>;
  private readonly months: ReadonlySet<number>;
  private readonly weekdays: ReadonlySet<number>;

  constructor(time: CronTime) {
    // Its `toJSON()` gives `*` also for `0-22`: it does not look at the last value of any field but the weekday.
    const { second, minute, hour, dayOfMonth, month, dayOfWeek } = time as unknown as Record<
      string,
      Readonly<Record<string, boolean>>
    >;
    this.timeOfDay = [hour, minute, second].map(valuesOf);
    this.days = new Set(valuesOf(dayOfMonth));
    this.months = new Set(valuesOf(month));
    this.weekdays = new Set(valuesOf(dayOfWeek));
  }

  /** The first local time after this one; `undefined` where there is none for years. */
  after(local: number): number | undefined {
    return this.search(Math.floor(local / 1_000) * 1_000 + 1_000, 1);
  }

  /** The latest local time that is not after this one; `undefined` where there was none for years. */
  upTo(local: number): number | undefined {
    return this.search(Math.floor(local / 1_000) * 1_000, -1);
  }

  private search(from: number, direction: Direction): number | undefined {
    let day = Math.floor(from / DAY_MS) * DAY_MS;
    const second = (from - day) / 1_000;
    let earliest: readonly number[] | undefined = [
      Math.floor(second / 3_600),
      Math.floor(second / 60) % 60,
      second % 60,
    ];
    while (Math.abs(day - from) < MAX_GAP_MS) {
      const date = new Date(day);
      if (!this.months.has(date.getUTCMonth() + 1)) {
        day = direction === 1 ? startOfMonth(date, 1) : startOfMonth(date, 0) - DAY_MS;
      } else {
        const found: readonly number[] | undefined = this.hasDay(date)
          ? fit(this.timeOfDay, earliest, direction)
          : undefined;
        if (found !== undefined) return day + toMs(found);
        day += direction * DAY_MS;
      }
      earliest = undefined;
    }
    return undefined;
  }

  /** As in every cron, one of the two fields is enough where both say something. */
  private hasDay(date: Date): boolean {
    const isDay = this.days.has(date.getUTCDate());
    const isWeekday = this.weekdays.has(date.getUTCDay());
    if (this.days.size === 31) return isWeekday;
    return this.weekdays.size === 7 ? isDay : isDay || isWeekday;
  }
}

/**
 * The combination of values that is nearest to these numbers, not before them in this direction.
 *
 * @param from the numbers; `undefined` where any will do
 */
function fit(
  [values, ...finer]: readonly (readonly number[])[],
  from: readonly number[] | undefined,
  direction: Direction,
): readonly number[] | undefined {
  if (values === undefined) return [];
  const first = (of: readonly number[]): number => of.at(direction === 1 ? 0 : -1) ?? 0;
  if (from === undefined) return [values, ...finer].map(first);
  const [number = 0, ...rest] = from;
  if (values.includes(number)) {
    const found = fit(finer, rest, direction);
    if (found !== undefined) return [number, ...found];
  }
  const further = values.filter((value) => (value - number) * direction > 0);
  return further.length === 0 ? undefined : [first(further), ...finer.map(first)];
}

function toMs([hour = 0, minute = 0, second = 0]: readonly number[]): number {
  return ((hour * 60 + minute) * 60 + second) * 1_000;
}

function startOfMonth(date: Date, monthsOn: number): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsOn, 1);
}

/** In ascending order: engines enumerate such keys so. */
function valuesOf(field: Readonly<Record<string, boolean>> | undefined): readonly number[] {
  return Object.keys(field ?? {}).map(Number);
}
