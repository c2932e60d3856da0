import type { Spread } from './statistics.js';

export interface Side extends Spread {
  readonly label: string;
  /** One figure a round. */
  readonly values: readonly number[];
}

/** One line of the table. */
export interface Result {
  /** Number of the row, as in the option `--rows`. */
  readonly row: string;
  readonly title: string;
  readonly unit: string;
  readonly ours: Side;
  readonly theirs: Side;
  readonly ratio: Spread;
  /** The ratio to reach; without it, the line is only information. */
  readonly target?: number;
  /** Whether the target is a maximum, and not a minimum. */
  readonly targetIsLimit?: boolean;
  /** A target of another kind: the most that our own figure may be, in the unit. */
  readonly limit?: number;
  readonly reached: boolean | undefined;
  readonly notes?: readonly string[];
}
