import type { CancelTimer, Clock } from '../../clock/clock.js';
import { unlessAborted } from '../../database/unless-aborted.js';
import { PollTimeoutError } from './poll-timeout.error.js';

/** What ends a run before it has read everything. */
export interface SpanLimits {
  readonly poller: string;
  readonly timeoutMs: number;
  /** Aborted when the application stops: the run ends after its current page. */
  readonly stopping: AbortSignal;
  /** Aborted when another process has taken the poller over. */
  readonly lost: AbortSignal;
}

/**
 * The time in which a run may call its method. It listens to signals that outlive the run only until it is
 * closed: `AbortSignal.any` would leave a listener at the stop signal with each run.
 *
 * @internal
 */
export class RunSpan {
  private readonly any = new AbortController();
  private readonly interruption = new AbortController();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly cancelTimer: CancelTimer;

  constructor(
    clock: Clock,
    private readonly limits: SpanLimits,
  ) {
    const { poller, timeoutMs, stopping, lost } = limits;
    this.cancelTimer = clock.schedule(
      () => this.interrupt(new PollTimeoutError(poller, timeoutMs)),
      timeoutMs,
    );
    stopping.addEventListener('abort', this.onStop);
    lost.addEventListener('abort', this.onLost);
    if (stopping.aborted) this.onStop();
    if (lost.aborted) this.onLost();
  }

  /** What the method gets: aborted when the run has to end, for whatever reason. */
  get signal(): AbortSignal {
    return this.any.signal;
  }

  /** Whether the application stops, or another process has the poller. */
  get isStopped(): boolean {
    return this.limits.stopping.aborted || this.limits.lost.aborted;
  }

  /** The error of the run once its time is over; `undefined` until then. */
  get timeout(): PollTimeoutError | undefined {
    const reason: unknown = this.interruption.signal.reason;
    return reason instanceof PollTimeoutError ? reason : undefined;
  }

  /** The calls of the method that have not ended, though the run has; `undefined` where all have. */
  get unended(): Promise<unknown> | undefined {
    return this.pending.size === 0 ? undefined : Promise.allSettled(this.pending);
  }

  /**
   * The result of a call of the method, unless the run's time ends or its lease is lost before.
   *
   * @throws what the method throws, or why the run is interrupted
   */
  within<Result>(call: Promise<Result>): Promise<Result> {
    this.watch(call);
    return unlessAborted(call, this.interruption.signal);
  }

  /** Notes a call of the method that the run does not wait for. */
  watch(call: Promise<unknown>): void {
    this.pending.add(call);
    const ended = (): boolean => this.pending.delete(call);
    call.then(ended, ended);
  }

  /** Ends the span: the run has ended. */
  close(): void {
    this.cancelTimer();
    this.limits.stopping.removeEventListener('abort', this.onStop);
    this.limits.lost.removeEventListener('abort', this.onLost);
  }

  private readonly onStop = (): void => this.any.abort(this.limits.stopping.reason);

  private readonly onLost = (): void => this.interrupt(this.limits.lost.reason);

  private interrupt(reason: unknown): void {
    this.interruption.abort(reason);
    this.any.abort(reason);
  }
}
