import type { CancelTimer, Clock } from '../../clock/clock.js';
import type { PollProgress } from '../page.reader.js';
import { PollLeaseLostError } from './poll-lease-lost.error.js';
import type { PollCursorStore } from './poll-cursor.store.js';
import type { PollEnding } from './poll-ending.js';
import type { LeaseProof, PollPast } from './poll-lease.answer.js';

/**
 * The lease of a poller, renewed by a heartbeat: a page may take longer than a lease lasts.
 *
 * @internal
 */
export class PollLease {
  private readonly controller = new AbortController();
  private cancelBeat: CancelTimer | undefined;
  private isReleased = false;

  constructor(
    private readonly store: PollCursorStore,
    private readonly clock: Clock,
    private readonly proof: LeaseProof,
    private readonly leaseMs: number,
  ) {
    this.beat();
  }

  /** Aborted when another process has taken the poller over. */
  get lost(): AbortSignal {
    return this.controller.signal;
  }

  /** @throws {PollLeaseLostError} when another process has taken the poller over */
  async save(progress: PollProgress): Promise<void> {
    if (!(await this.store.save(this.proof, progress, this.leaseMs))) throw this.lose();
  }

  /**
   * Gives the poller back.
   *
   * @param ending how the run ended
   * @param past how the runs before went
   */
  async release(ending: PollEnding, past: PollPast): Promise<void> {
    this.isReleased = true;
    this.cancelBeat?.();
    await this.store.release(this.proof, ending, past);
  }

  private beat(): void {
    this.cancelBeat = this.clock.schedule(() => void this.renew(), this.leaseMs / 3);
  }

  /** When the database is away, the next page or beat finds out what has become of the lease. */
  private async renew(): Promise<void> {
    const isOurs = await this.store.renew(this.proof, this.leaseMs).catch(() => true);
    if (this.isReleased) return;
    if (isOurs) this.beat();
    else this.lose();
  }

  private lose(): PollLeaseLostError {
    const error = new PollLeaseLostError(this.proof.name);
    this.cancelBeat?.();
    this.controller.abort(error);
    return error;
  }
}
