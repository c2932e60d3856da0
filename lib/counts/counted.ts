import type { RefusalClass } from './refusal-class.js';

/**
 * What is counted:
 *
 * - `accepted`, `duplicate`, `ignored`, `rejected`: events, by source or poller
 * - `refused.…`: requests that were refused, by source and class
 * - `completed`, `failed`, `discarded`: attempts of jobs, by handler, rule (`rule:…`) or channel
 * - `sent`: notifications, by channel
 *
 * @publicApi
 */
export type Counted =
  | 'accepted'
  | 'duplicate'
  | 'ignored'
  | 'rejected'
  | `refused.${RefusalClass}`
  | 'completed'
  | 'failed'
  | 'discarded'
  | 'sent';

/**
 * How long the span of a count is; hours and days are those of UTC.
 *
 * @publicApi
 */
export type CountGrain = 'minute' | 'hour' | 'day';

/** The spans, in milliseconds. @internal */
export const GRAINS: Readonly<Record<CountGrain, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** The start of the span that an instant is in. @internal */
export function startOf(grain: CountGrain, instant: number): number {
  return instant - (instant % GRAINS[grain]);
}

/**
 * Most names of one thing that are counted apart, in a day and process: what strangers or a host's data choose must
 * not fill memory and table.
 *
 * @internal
 */
export const MAX_NAMES = 200;

/** The name of all further ones, and of sources that do not exist. No source can have it. @internal */
export const OTHER_NAME = '(other)';

/** What is counted of one name. @internal */
export interface Cell {
  count: number;
  waiting: number[] | undefined;
  running: number[] | undefined;
}

/** Cells by what is counted and by name. @internal */
export type Cells = Map<Counted, Map<string, Cell>>;

/** The cell of a name, or that of all further ones. @internal */
export function cellOf(cells: Cells, what: Counted, name: string): Cell {
  let names = cells.get(what);
  if (names === undefined) cells.set(what, (names = new Map()));
  let cell = names.get(name);
  if (cell !== undefined) return cell;
  const apart = names.has(OTHER_NAME) ? names.size - 1 : names.size;
  if (apart >= MAX_NAMES && name !== OTHER_NAME) return cellOf(cells, what, OTHER_NAME);
  cell = { count: 0, waiting: undefined, running: undefined };
  names.set(name, cell);
  return cell;
}
