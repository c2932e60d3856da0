import type { CronFields } from './cron.fields.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The clocks of a zone change at most once in this time, and by less. */
const CHANGE_MS = 4 * HOUR_MS;

/**
 * What the calendar needs of a time zone.
 *
 * @internal
 */
export interface TimeZone {
  /** By how many minutes its local time is ahead of UTC. */
  offset(at: number): number;
}

/**
 * The instants at which the timers of `cron` fire in a process that runs all the time, also where the clocks of
 * the time zone change. `cron` itself cannot say so on a machine whose clock is wrong: it reads a local time
 * that occurs twice by the machine's present offset. This calendar does not depend on the present.
 *
 * @internal
 */
export class CronCalendar {
  /** The change of the clocks that was found last. */
  private lastChange = Number.NaN;

  constructor(
    private readonly fields: CronFields,
    private readonly zone: TimeZone,
  ) {}

  /**
   * The first instant after this one.
   *
   * @throws {Error} where the schedule has no instant for years
   */
  after(at: number): number {
    const change = this.changeBetween(at - CHANGE_MS, at);
    if (change === undefined) return this.timerAfter(at);
    // From within an hour that occurs twice, a timer would be set for a daily instant that it has fired at.
    const first = this.timerAfter(change - 1);
    return at < first ? first : this.timerAfter(at);
  }

  /** The latest instant that is not after this one; `undefined` where there was none for years. */
  upTo(at: number): number | undefined {
    let until = at;
    for (;;) {
      const change = this.changeBetween(until - CHANGE_MS, until);
      if (change !== undefined) {
        const first = this.timerAfter(change - 1);
        if (first <= until) return this.lastSince(first, until);
        until = change - 1;
      }
      const local = this.fields.upTo(this.local(until));
      if (local === undefined) return undefined;
      const found = local - this.offset(local - this.offset(until));
      const near = this.changeBetween(found - CHANGE_MS, Math.min(found + CHANGE_MS, until));
      if (near === undefined) return this.lastAfter(found, until);
      until = Math.min(until, near + CHANGE_MS - 1);
    }
  }

  /** Whether the clocks of the time zone changed in the last hours. */
  isAfterChange(at: number): boolean {
    return this.offset(at) !== this.offset(at - CHANGE_MS);
  }

  /** The latest instant up to `until`, where `first` is the first one since the clocks changed. */
  private lastSince(first: number, until: number): number {
    const local = this.fields.upTo(this.local(until)) ?? 0;
    const near = this.after(Math.max(local - this.offset(until), first) - 1);
    return this.lastAfter(near <= until ? near : first, until);
  }

  /** Near a change, `cron` fires at instants that are no local time of the schedule: see `earlier`. */
  private lastAfter(instant: number, until: number): number {
    if (this.changeBetween(until - CHANGE_MS, until + CHANGE_MS) === undefined) return instant;
    let last = instant;
    for (let next = this.after(last); next <= until; next = this.after(next)) last = next;
    return last;
  }

  /** What `cron` sets its timer for at this instant. */
  private timerAfter(at: number): number {
    const local = this.fields.after(this.local(at));
    if (local === undefined) throw new Error('The schedule has no instant for years.');
    const found = this.instantOf(local, this.offset(at));
    if (this.local(found) !== local && this.isSummer(found)) return this.startOfSummer(found);
    return this.offset(found) === this.offset(found - 2 * HOUR_MS)
      ? found
      : this.earlier(found, at);
  }

  /**
   * The instant of a local time. One that occurs twice is that with the given offset, and one that the clocks
   * skip is as much later.
   */
  private instantOf(local: number, offset: number): number {
    const before = this.offset(local - offset);
    if (before === offset) return local - offset;
    const after = this.offset(local - before);
    return local - (before === after ? after : Math.min(before, after));
  }

  /** `cron` takes the offset of January for that of winter, which is wrong in the south. */
  private isSummer(at: number): boolean {
    const january = Date.UTC(new Date(this.local(at)).getUTCFullYear(), 0, 1);
    return this.offset(this.instantOf(january, this.offset(at))) !== this.offset(at);
  }

  /** The time to which `cron` moves a local time that the clocks skip; it keeps the second. */
  private startOfSummer(found: number): number {
    const change = this.changeBetween(found - CHANGE_MS, found) ?? found;
    return found - Math.floor((found - change) / MINUTE_MS) * MINUTE_MS;
  }

  /** `cron` goes back by an hour, or by half of one, where that looks like the end of summer time. */
  private earlier(found: number, at: number): number {
    const hourAgo = found - HOUR_MS;
    const hour = (instant: number): number => new Date(this.local(instant)).getUTCHours();
    const minute = (instant: number): number => new Date(this.local(instant)).getUTCMinutes();
    const isHour = hour(hourAgo) === hour(found) || hour(found - 2 * HOUR_MS) === hour(hourAgo);
    const date = isHour && hourAgo > at ? hourAgo : found;
    const halfAgo = date - HOUR_MS / 2;
    const isHalf = minute(halfAgo) === minute(date) || minute(hourAgo) === minute(halfAgo);
    return isHalf && halfAgo > at ? halfAgo : date;
  }

  /** When the clocks changed between two instants: the first one with the new offset. */
  private changeBetween(from: number, to: number): number | undefined {
    if (from < this.lastChange && this.lastChange <= to) return this.lastChange;
    const offset = this.offset(to);
    if (this.offset(from) === offset) return undefined;
    let before = Math.floor(from / MINUTE_MS);
    let since = Math.ceil(to / MINUTE_MS);
    while (since - before > 1) {
      const middle = Math.floor((before + since) / 2);
      if (this.offset(middle * MINUTE_MS) === offset) since = middle;
      else before = middle;
    }
    this.lastChange = since * MINUTE_MS;
    return this.lastChange;
  }

  private local(at: number): number {
    return at + this.offset(at);
  }

  /** In milliseconds. */
  private offset(at: number): number {
    return this.zone.offset(at) * MINUTE_MS;
  }
}
