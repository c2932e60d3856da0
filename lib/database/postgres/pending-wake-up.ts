import type { WakeUp } from '../wake-ups.js';

/** Most lines that a notification names; if there are more, the others look. */
const MAX_SHARES = 20;

const FORM = /^(\?|(?:\d{1,10}(?:,\d{1,10})*)?);(\d{0,16})$/;

/**
 * The wake-ups that wait to be sent, as one, and its text in a notification: `line,line;instant`, with `?` for
 * unknown lines.
 *
 * @internal
 */
export class PendingWakeUp {
  private shares: Set<number> | undefined = new Set();
  private dueAt = Infinity;

  get isEmpty(): boolean {
    return this.shares?.size === 0 && this.dueAt === Infinity;
  }

  add({ shares, dueAt = Infinity }: WakeUp): void {
    this.dueAt = Math.min(this.dueAt, dueAt);
    if (this.shares === undefined) return;
    for (const share of shares ?? []) this.shares.add(share);
    if (shares === undefined || this.shares.size > MAX_SHARES) this.shares = undefined;
  }

  /** Empties it. */
  take(): string {
    const lines = this.shares === undefined ? '?' : [...this.shares].join(',');
    const instant = this.dueAt === Infinity ? '' : String(this.dueAt);
    this.shares = new Set();
    this.dueAt = Infinity;
    return `${lines};${instant}`;
  }
}

/**
 * Reads what {@link PendingWakeUp.take} has written. Whoever may use the database can send anything: text in another
 * form makes the process look, too.
 *
 * @internal
 */
export function readWakeUp(text: string): WakeUp {
  const [, lines = '?', instant = ''] = FORM.exec(text) ?? [];
  const dueAt = instant === '' ? {} : { dueAt: Number(instant) };
  if (lines === '?') return dueAt;
  return { shares: lines === '' ? [] : lines.split(',').map(Number), ...dueAt };
}
