import { FutureRows } from './future-rows.js';
import type { KeysetRow } from './keyset.row.js';
import type { PollProgress } from '../page.reader.js';
import type { RowPosition, StartPosition } from './row-position.js';

/** How far a table has been read. */
export interface TableState {
  /** The furthest row read. */
  readonly reached: RowPosition | null;
  /** Up to where no further row can appear: each run reads on from here. `null` for the beginning. */
  readonly settled: StartPosition | null;
  /** Ids of rows beyond `settled` that were there before the poller was. */
  readonly known: readonly string[];
  /** Rows dated in the future that were reported, or were there before the poller was; see {@link FutureRows}. */
  readonly future?: string | readonly string[] | undefined;
  /** The end of the table at `markedAt`: rows up to it can all be seen once the look-back is over. */
  readonly mark: RowPosition | null;
  readonly markedAt: number;
  /** How often rows are reported with this time; `undefined` for the first time. */
  readonly telling?: number | undefined;
}

/**
 * How far a run has read a table.
 *
 * @internal
 */
export class TableProgress {
  private readonly known: ReadonlySet<string>;
  private readonly futureRows: FutureRows;

  private constructor(private state: TableState) {
    this.known = new Set(state.known);
    this.futureRows = new FutureRows(state.future);
  }

  static from({ cursor, lookBack }: PollProgress): TableProgress {
    const reached = cursor === null ? null : (JSON.parse(cursor) as RowPosition);
    const rest = JSON.parse(lookBack ?? '{}') as Partial<Omit<TableState, 'reached'>>;
    return new TableProgress({
      settled: null,
      known: [],
      mark: null,
      markedAt: 0,
      ...rest,
      reached,
    });
  }

  get reached(): RowPosition | null {
    return this.state.reached;
  }

  get settled(): StartPosition | null {
    return this.state.settled;
  }

  get mark(): RowPosition | null {
    return this.state.mark;
  }

  get markedAt(): number {
    return this.state.markedAt;
  }

  /** How often rows are reported with this time; `undefined` for the first time. */
  get telling(): number | undefined {
    return this.state.telling;
  }

  /** Whether rows up to the mark have to be read once more. */
  get isUnsettled(): boolean {
    const { mark, settled } = this.state;
    return mark !== null && (mark.value !== settled?.value || mark.key !== settled.key);
  }

  /** What is remembered of rows dated in the future, as it is stored. */
  get future(): TableState['future'] {
    return this.futureRows.store();
  }

  /** Whether the row was there before the poller was, or is dated in the future and was reported. */
  knows(id: string): boolean {
    return this.known.has(id) || this.futureRows.has(id);
  }

  /** Notes a row that need not be reported again; where it is dated in the future, later runs know that too. */
  remember(id: string | undefined, isFuture: boolean): void {
    if (id !== undefined) this.futureRows.add(id, isFuture);
  }

  /** Ends a run that came to the end: rows of the future that it did not see are settled, deleted or changed. */
  forgetUnseen(): void {
    this.futureRows.forgetUnseen();
  }

  /** Notes that these rows have been read; those before a mark that is due need no further look. */
  advance(rows: readonly KeysetRow[]): void {
    const reached = rows.findLast(({ isNew }) => isNew)?.position;
    if (reached !== undefined) this.state = { ...this.state, reached };
    const settled = rows.findLast(({ isUpToMark }) => isUpToMark)?.position;
    if (settled !== undefined) this.settle(settled);
  }

  /** Notes the end of the table, from now on to be settled. */
  markEnd(mark: RowPosition | null, markedAt: number): void {
    this.state = { ...this.state, mark, markedAt };
  }

  store(): PollProgress {
    return storeTableState({ ...this.state, future: this.future });
  }

  private settle(settled: RowPosition): void {
    const isSameValue = settled.value === this.state.settled?.value;
    this.state = { ...this.state, settled, known: isSameValue ? this.state.known : [] };
  }
}

/** @internal */
export function storeTableState({ reached, ...lookBack }: TableState): PollProgress {
  return {
    cursor: reached === null ? null : JSON.stringify(reached),
    lookBack: JSON.stringify(lookBack),
  };
}
