import { isStorableText } from '../database/storable-text.js';
import {
  cellOf,
  GRAINS,
  OTHER_NAME,
  startOf,
  type Cell,
  type Cells,
  type CountGrain,
} from './counted.js';
import type { CountEntity } from './count.entity.js';
import { addInto, emptyHistogram } from './histogram.js';

/** Characters of a name that the column takes. */
const MAX_NAME_LENGTH = 255;

/** What is counted of a span so far. */
interface Total {
  startsAt: number;
  cells: Cells;
}

/**
 * Adds the counts of minutes up to those of hours and days. Each row has the total of its span so far, and
 * replaces the one before: a row that is written twice counts once.
 *
 * @internal
 */
export class Totals {
  private readonly totals: Readonly<Record<CountGrain, Total>> = {
    minute: { startsAt: 0, cells: new Map() },
    hour: { startsAt: 0, cells: new Map() },
    day: { startsAt: 0, cells: new Map() },
  };

  constructor(private readonly process: string) {}

  /**
   * Adds what was counted in a part of a minute.
   *
   * @param instant when counting it began, in milliseconds since the epoch
   * @returns the rows that have changed
   */
  add(instant: number, counted: Cells): CountEntity[] {
    const grains = Object.keys(GRAINS) as CountGrain[];
    for (const grain of grains) {
      const startsAt = startOf(grain, instant);
      const total = this.totals[grain];
      if (total.startsAt === startsAt) continue;
      total.startsAt = startsAt;
      total.cells = new Map();
    }
    const changed = new Set<CountEntity['name']>();
    const rows: CountEntity[] = [];
    for (const [what, names] of counted) {
      changed.clear();
      for (const [name, cell] of names) {
        // The day decides which names are counted apart: it has seen the most.
        const under = this.nameOf(what, name);
        changed.add(under);
        for (const grain of grains) addCell(cellOf(this.totals[grain].cells, what, under), cell);
      }
      for (const name of changed) {
        for (const grain of grains) rows.push(this.row(grain, what, name));
      }
    }
    return rows;
  }

  private nameOf(what: CountEntity['what'], name: string): string {
    const { cells } = this.totals.day;
    const short = name.slice(0, MAX_NAME_LENGTH);
    if (!isStorableText(short)) return OTHER_NAME;
    const cell = cellOf(cells, what, short);
    return cells.get(what)?.get(short) === cell ? short : OTHER_NAME;
  }

  private row(grain: CountGrain, what: CountEntity['what'], name: string): CountEntity {
    const { startsAt, cells } = this.totals[grain];
    const { count, waiting, running } = cellOf(cells, what, name);
    return {
      grain,
      startsAt,
      what,
      name,
      process: this.process,
      count,
      waiting: textOf(waiting),
      running: textOf(running),
    };
  }
}

function addCell(cell: Cell, { count, waiting, running }: Cell): void {
  cell.count += count;
  if (waiting !== undefined) addInto((cell.waiting ??= emptyHistogram()), waiting);
  if (running !== undefined) addInto((cell.running ??= emptyHistogram()), running);
}

function textOf(histogram: readonly number[] | undefined): string | null {
  return histogram === undefined ? null : JSON.stringify(histogram);
}
