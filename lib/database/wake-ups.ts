/**
 * What other processes need to know of jobs that were stored: which lines have due ones, and when the next one
 * becomes due.
 *
 * @internal
 */
export interface WakeUp {
  /** The lines with due jobs. @default unknown: they have to look */
  readonly shares?: readonly number[];
  /**
   * By when the jobs of these lines are due, in milliseconds since the epoch. It has passed for the process that stored
   * them; the clock of another one may be a little behind. @default they are due for all
   */
  readonly dueBy?: number | undefined;
  /** When another job becomes due, in milliseconds since the epoch. */
  readonly dueAt?: number | undefined;
}

/** A process that is woken by others. */
export interface WakeUpListener {
  /** Another process has stored jobs. */
  woken(wakeUp: WakeUp): void;
  /** From now on, this process is woken; what was stored until now, it has to look for. */
  connected(): void;
  /** From now on, this process has to look by itself. */
  disconnected(): void;
}

/**
 * Wakes other processes when there are jobs for them. It never fails, and nothing waits for it: a wake-up that
 * is lost costs the time until the next poll.
 *
 * @internal
 */
export abstract class WakeUps {
  /** Whether this process is woken at the moment. */
  abstract readonly isListening: boolean;

  /**
   * Begins to send wake-ups, those from before the start too.
   *
   * @param listener whom to wake in this process. @default it only wakes others
   */
  abstract start(listener?: WakeUpListener): void;

  /** Wakes other processes soon. Call it after the commit. */
  abstract notify(wakeUp: WakeUp): void;

  /** Sends what waits, and ends the connection. */
  abstract stop(): Promise<void>;
}

/**
 * For databases by which processes cannot wake each other: each of them polls.
 *
 * @internal
 */
export class NoWakeUps extends WakeUps {
  override readonly isListening = false;

  override start(): void {}

  override notify(): void {}

  override stop(): Promise<void> {
    return Promise.resolve();
  }
}
