import type { Clock } from '../../../clock/clock.js';
import type { WakeUps } from '../../../database/wake-ups.js';
import type { JobTransition } from '../../job.js';
import type { JobClaimer } from './job.claimer.js';

/**
 * Sees to the jobs that run next, once a change is committed: this process claims them, or wakes others for those for
 * which it has no room.
 *
 * @internal
 */
export class FollowUp {
  /** @param claimer gives the claimer, which may be made later */
  constructor(
    private readonly claimer: () => JobClaimer,
    private readonly wakeUps: WakeUps,
    private readonly clock: Clock,
  ) {}

  /**
   * Jobs have become due.
   *
   * @param shares in which lines. @default this process looks for them
   */
  becameDue(shares?: readonly number[]): void {
    if (shares === undefined) {
      this.claimer().wake();
      return;
    }
    this.claimer().wakeShares(shares);
    this.wakeOthers(shares);
  }

  /** Jobs become due later, at this instant: this process may have stopped by then, or be busy. */
  becomesDue(dueAt: number): void {
    this.claimer().expectAt(dueAt);
    this.wakeUps.notify({ shares: [], dueAt });
  }

  /** This process looks for due jobs after one interval at the latest. */
  pollSoon(): void {
    this.claimer().pollSoon();
  }

  /** Attempts have ended. */
  ended(transitions: readonly JobTransition[]): void {
    const again = transitions.filter(({ finishedAt }) => finishedAt === null);
    if (again.length === 0) return;
    const now = this.clock.now();
    const released = new Set<number>();
    for (const { dueAt, share } of again) {
      if (dueAt === null) this.claimer().pollSoon();
      else if (dueAt <= now) released.add(share);
      // A process that polls at each interval finds it then.
      else if (this.wakeUps.isListening) this.claimer().expectAt(dueAt);
    }
    this.wakeOthers([...released]);
  }

  private wakeOthers(shares: readonly number[]): void {
    const left = shares.filter((share) => !this.claimer().hasRoomFor(share));
    if (left.length > 0) this.wakeUps.notify({ shares: left, dueBy: this.clock.now() });
  }
}
