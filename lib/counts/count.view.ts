import type { CountEntity } from './count.entity.js';
import type { Counted } from './counted.js';
import { addInto, emptyHistogram, type Histogram } from './histogram.js';

/**
 * How often something happened in a span of time, over all processes.
 *
 * @publicApi
 */
export interface CountView {
  /** When the span starts. */
  readonly startsAt: Date;
  readonly what: Counted;
  /** Name of the source, poller, handler, rule (`rule:…`) or channel; `(other)` for further and made-up ones. */
  readonly name: string;
  readonly count: number;
  /**
   * Of `completed`, `failed` and `discarded`: how long jobs waited from when they were added until their first
   * attempt started. Later attempts are not in it. `null` if there was no first attempt.
   */
  readonly waiting: Histogram | null;
  /** Of `completed`, `failed` and `discarded`: how long the attempts took; `null` if none has started. */
  readonly running: Histogram | null;
}

/** A view to which the rows of further processes are added. @internal */
export interface Sum {
  readonly startsAt: number;
  readonly what: Counted;
  readonly name: string;
  count: number;
  waiting: number[] | null;
  running: number[] | null;
}

/** @internal */
export function sumOf({ startsAt, what, name }: CountEntity): Sum {
  return { startsAt, what, name, count: 0, waiting: null, running: null };
}

/** Adds the row of one process. @internal */
export function addRow(sum: Sum, { count, waiting, running }: CountEntity): void {
  sum.count += count;
  sum.waiting = added(sum.waiting, waiting);
  sum.running = added(sum.running, running);
}

/** @internal */
export function toCountView({ startsAt, ...sum }: Sum): CountView {
  return { startsAt: new Date(startsAt), ...sum };
}

function added(histogram: number[] | null, text: string | null): number[] | null {
  if (text === null) return histogram;
  const sum = histogram ?? emptyHistogram();
  addInto(sum, JSON.parse(text) as number[]);
  return sum;
}
