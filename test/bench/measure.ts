import type { Result, Side } from './result.js';
import { spread } from './statistics.js';

/** What one side of a comparison does in a round. */
export type Round = () => Promise<number>;

export interface Comparison extends Omit<Result, 'ours' | 'theirs' | 'ratio' | 'reached'> {
  readonly rounds: number;
  readonly ours: { readonly label: string; readonly run: Round };
  readonly theirs: { readonly label: string; readonly run: Round };
  /** Whether a smaller figure is the better one, as with times. */
  readonly lessIsBetter?: boolean;
}

/**
 * Measures both sides in turn, and changes their order in each round, so that a slow or shared machine slows
 * both. The ratio is taken within each round.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { rounds, ours, theirs, lessIsBetter = false, ...rest } = comparison;
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const our = await ours.run();
      pairs.push([our, await theirs.run()]);
    } else {
      const their = await theirs.run();
      pairs.push([await ours.run(), their]);
    }
  }
  const side = (label: string, values: number[]): Side => ({ label, ...spread(values), values });
  const ratio = spread(pairs.map(([our, their]) => (lessIsBetter ? their / our : our / their)));
  return {
    ...rest,
    ours: side(
      ours.label,
      pairs.map(([our]) => our),
    ),
    theirs: side(
      theirs.label,
      pairs.map(([, their]) => their),
    ),
    ratio,
    reached: rest.target === undefined ? undefined : ratio.median >= rest.target,
  };
}
