import type { WakeUp } from '../wake-ups.js';

/** Most lines that a notification names; if there are more, the others look. */
const MAX_SHARES = 20;

const FORM = /^(\?|(?:\d{1,10}(?:,\d{1,10})*)?);(\d{0,16});(\d{0,16})$/;

/**
 * The wake-ups that wait to be sent, as one, and its text in a notification: `line,line;dueBy;dueAt`, with `?`
 * for unknown lines.
 *
 * @internal
 */
export class PendingWakeUp {
  private shares: Set<number> | undefined = new Set();
  private dueBy = -Infinity;
  private dueAt = Infinity;

  get isEmpty(): boolean {
    return this.shares?.size === 0 && this.dueAt === Infinity;
  }

  add({ shares, dueBy = -Infinity, dueAt = Infinity }: WakeUp): void {
    this.dueBy = Math.max(this.dueBy, dueBy);
    this.dueAt = Math.min(this.dueAt, dueAt);
    if (this.shares === undefined) return;
    for (const share of shares ?? []) this.shares.add(share);
    if (shares === undefined || this.shares.size > MAX_SHARES) this.shares = undefined;
  }

  /** Empties it. */
  take(): string {
    const lines = this.shares === undefined ? '?' : [...this.shares].join(',');
    const text = `${lines};${textOf(this.dueBy)};${textOf(this.dueAt)}`;
    this.shares = new Set();
    this.dueBy = -Infinity;
    this.dueAt = Infinity;
    return text;
  }
}

/**
 * Reads what {@link PendingWakeUp.take} has written. Whoever may use the database can send anything: text in another
 * form makes the process look, too.
 *
 * @internal
 */
export function readWakeUp(text: string): WakeUp {
  const [, lines = '?', dueBy = '', dueAt = ''] = FORM.exec(text) ?? [];
  return {
    ...(lines !== '?' && { shares: lines === '' ? [] : lines.split(',').map(Number) }),
    ...(dueBy !== '' && { dueBy: Number(dueBy) }),
    ...(dueAt !== '' && { dueAt: Number(dueAt) }),
  };
}

function textOf(instant: number): string {
  return Number.isFinite(instant) ? String(instant) : '';
}
