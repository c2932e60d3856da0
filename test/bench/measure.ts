import type { Result, Side } from './result.js';
import { quantile, QUANTILES, spread, type QuantileName } from './statistics.js';

/** What one side of a comparison does in a round. */
export type Round = () => Promise<number>;

/** The same for a side that measures many times in a round. */
export type RoundOfTimes = () => Promise<ArrayLike<number>>;

interface Sides<Run> {
  readonly rounds: number;
  readonly ours: { readonly label: string; readonly run: Run };
  readonly theirs: { readonly label: string; readonly run: Run };
}

type Told = Omit<Result, 'ours' | 'theirs' | 'ratio' | 'reached'>;

export interface Comparison extends Told, Sides<Round> {
  /** Whether a smaller figure is the better one, as with times. */
  readonly lessIsBetter?: boolean;
}

export interface ComparisonOfTimes
  extends Omit<Told, 'target' | 'targetIsLimit' | 'limit' | 'unit'>, Sides<RoundOfTimes> {
  /** The ratios to reach. */
  readonly targets?: Partial<Record<QuantileName, number>>;
  /** The most that our own times may be, in milliseconds. */
  readonly limits?: Partial<Record<QuantileName, number>>;
}

/**
 * Measures both sides in turn, and changes their order in each round, so that a slow or shared machine slows
 * both. The ratio is taken within each round.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { rounds, ours, theirs, lessIsBetter = false, ...told } = comparison;
  const pairs = await inTurn({ rounds, ours, theirs });
  return resultOf(told, [ours.label, theirs.label], pairs, lessIsBetter);
}

/** The same for times in milliseconds: one result for each of their quantiles. */
export async function compareTimes(comparison: ComparisonOfTimes): Promise<Result[]> {
  const { rounds, ours, theirs, targets = {}, limits = {}, ...told } = comparison;
  const pairs = await inTurn({ rounds, ours, theirs });
  return QUANTILES.map(({ name, q }) => {
    const { [name]: target } = targets;
    const { [name]: limit } = limits;
    return resultOf(
      {
        ...told,
        title: `${told.title}, ${name}`,
        unit: 'ms',
        ...(target !== undefined && { target }),
        ...(limit !== undefined && { limit }),
      },
      [ours.label, theirs.label],
      pairs.map(([our, their]) => [quantile(our, q), quantile(their, q)]),
      true,
    );
  });
}

async function inTurn<Figure>({
  rounds,
  ours,
  theirs,
}: Sides<() => Promise<Figure>>): Promise<(readonly [Figure, Figure])[]> {
  const pairs: (readonly [Figure, Figure])[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const our = await ours.run();
      pairs.push([our, await theirs.run()]);
    } else {
      const their = await theirs.run();
      pairs.push([await ours.run(), their]);
    }
  }
  return pairs;
}

function resultOf(
  told: Told,
  [ourLabel, theirLabel]: readonly [string, string],
  pairs: readonly (readonly [number, number])[],
  lessIsBetter: boolean,
): Result {
  const side = (label: string, values: number[]): Side => ({ label, ...spread(values), values });
  const ours = side(
    ourLabel,
    pairs.map(([our]) => our),
  );
  const theirs = side(
    theirLabel,
    pairs.map(([, their]) => their),
  );
  const ratio = spread(pairs.map(([our, their]) => (lessIsBetter ? their / our : our / their)));
  return { ...told, ours, theirs, ratio, reached: reached(told, ours, ratio.median) };
}

function reached({ target, limit }: Told, ours: Side, ratio: number): boolean | undefined {
  if (limit !== undefined) return ours.median <= limit;
  return target === undefined ? undefined : ratio >= target;
}
