import type { Limited, TimeLimits } from './time-limits.js';

/**
 * One use of a connection, each step of which has a time limit.
 *
 * @internal
 */
export class ConnectionUse implements Limited {
  deadline = Infinity;
  /** Whether a step has taken too long: whoever waited knows, and the connection is gone. */
  isOver = false;
  /** Whether a statement has found the connection at fault: it must not be used again. */
  isFaulty = false;
  private limitMs = Infinity;
  private onExpire: () => void = () => undefined;

  constructor(private readonly limits: TimeLimits) {}

  /**
   * The first of some steps begins. Each one ends with the beginning of the next.
   *
   * @param limitMs how long each may take, in milliseconds
   * @param onExpire is called when one takes longer
   */
  begin(limitMs: number, onExpire: () => void): void {
    this.limitMs = limitMs;
    this.onExpire = onExpire;
    this.next();
    this.limits.add(this);
  }

  /** The next step begins. */
  next(): void {
    this.deadline = this.limits.after(this.limitMs);
  }

  end(): void {
    this.limits.remove(this);
  }

  expire(): void {
    this.onExpire();
  }
}
