import type { Limited, TimeLimits } from './time-limits.js';

/**
 * One use of a connection, each step of which has a time limit.
 *
 * @internal
 */
export class ConnectionUse implements Limited {
  deadline = Infinity;
  /** Whether a step has taken too long: the caller has got an error, and the connection is ended. */
  isOver = false;
  /** Whether a statement has found the connection at fault: it must not be used again. */
  isFaulty = false;
  private limitMs = Infinity;
  private onExpire: () => void = () => undefined;

  constructor(private readonly limits: TimeLimits) {}

  /**
   * Begins the first step. Each step ends when the next one begins.
   *
   * @param limitMs how long each may take, in milliseconds
   * @param onExpire called when a step takes longer
   */
  begin(limitMs: number, onExpire: () => void): void {
    this.limitMs = limitMs;
    this.onExpire = onExpire;
    this.next();
    this.limits.add(this);
  }

  /** Begins the next step. */
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
