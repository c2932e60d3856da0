import { must } from './chaos.error.js';
import { fatesOf, type Fate } from './timing.history.js';
import type { TimingEntity } from './timing.entity.js';

/** What the processes tell about their timers. */
export class TimingRecord {
  /** Transactions that set or cancel a timer. */
  tries = 0;
  attempts = 0;
  private readonly begun = new Set<string>();
  private readonly wrong: string[] = [];

  /** Enters a line of a handler. */
  readonly tell = (line: string): void => {
    const [word, tryId = '', ...rest] = line.split(' ');
    if (word === 'tried') this.tries++;
    if (word !== 'timed') return;
    this.attempts++;
    this.begun.add(tryId);
    if (rest.join(' ') !== 'fires') this.wrong.push(`${tryId} (${rest.join(' ')})`);
  };

  /**
   * Judges all timers, after all jobs have ended.
   *
   * @param timings that were committed, by key, in their order
   * @param effects of the timers that have run to their end, by the tries that set them
   * @returns how many timers have which fate
   * @throws {ChaosError} that names a timer
   */
  judge(
    timings: ReadonlyMap<string, readonly TimingEntity[]>,
    effects: ReadonlyMap<string, number>,
  ): Record<Fate, number> {
    const [first] = this.wrong;
    must(first === undefined, `${this.wrong.length} timers began in vain, the first: ${first}`);
    const counts = { fires: 0, replaced: 0, cancelled: 0 };
    for (const ofKey of timings.values()) {
      for (const [tryId, fate] of fatesOf(ofKey)) {
        const expected = fate === 'fires' ? 1 : 0;
        const found = effects.get(tryId) ?? 0;
        must(found === expected, `timer ${tryId} (${fate}) has ${found} effects, not ${expected}`);
        must(expected === 0 || this.begun.has(tryId), `timer ${tryId} has no attempt`);
        counts[fate]++;
      }
    }
    // Those of transactions that were rolled back have no fate.
    must(effects.size === counts.fires, `${effects.size} have fired, not ${counts.fires}`);
    return counts;
  }
}
