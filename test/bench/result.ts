import type { Spread } from './statistics.js';

export interface Side extends Spread {
  readonly label: string;
  /** One figure a round. */
  readonly values: readonly number[];
}

/** One line of the table. */
export interface Result {
  /** Number of the row, as the option `--rows` has it. */
  readonly row: string;
  readonly title: string;
  readonly unit: string;
  readonly ours: Side;
  readonly theirs: Side;
  readonly ratio: Spread;
  /** The ratio that must be reached; without it the line is only information. */
  readonly reach?: number;
  /** Whether the reach is the most that the ratio may be, and not the least. */
  readonly reachIsLimit?: boolean;
  readonly reached: boolean | undefined;
  readonly notes?: readonly string[];
}
