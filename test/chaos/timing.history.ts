import { must } from './chaos.error.js';
import type { TimingEntity } from './timing.entity.js';

export type Timing = Pick<TimingEntity, 'tryId' | 'action' | 'answer'>;

/** What the answers say of a timer: it runs to its end, or does not run any more. */
export type Fate = 'fires' | 'replaced' | 'cancelled';

/**
 * The fates of one key's timers, by the tries that set them. A timer that runs may answer `false` to a cancel, fail, and
 * be replaced or cancelled while it waits for its next attempt.
 *
 * @param timings of the key, in the order of their transactions
 * @throws {ChaosError} for answers that contradict each other
 */
export function fatesOf(timings: readonly Timing[]): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  let last: Timing | undefined;
  for (const timing of timings) {
    const { tryId, action, answer } = timing;
    if (answer === 'replaced' || answer === 'true') {
      must(last !== undefined, `${tryId}: '${answer}', but no timer waits`);
      fates.set(last.tryId, action === 'cancel' ? 'cancelled' : 'replaced');
      last = undefined;
    } else {
      must(last?.action !== 'late', `${tryId}: '${answer}', but ${last?.tryId} waits for an hour`);
    }
    if (action !== 'cancel') {
      fates.set(tryId, 'fires');
      last = timing;
    }
  }
  return fates;
}
