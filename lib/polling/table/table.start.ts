import type { Clock } from '../../clock/clock.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { PollProgress } from '../page.reader.js';
import type { PollTarget } from '../poll-target.js';
import { FutureRows, MAX_FUTURE_ROWS } from './future-rows.js';
import type { KeysetQuery } from './keyset.query.js';
import type { RowIds } from './row-ids.js';
import type { StartPosition } from './row-position.js';
import { storeTableState, TableProgress, type TableState } from './table.progress.js';

/** Rows with the last cursor value of the table that a poller that starts `now` can tell from later rows. */
const MAX_TIED = 200;

/**
 * Where a poller begins to read its table, at first and when it is moved.
 *
 * @internal
 */
export class TableStart {
  constructor(
    private readonly poller: string,
    private readonly query: KeysetQuery,
    private readonly ids: RowIds,
    private readonly start: 'now' | 'beginning',
    private readonly clock: Clock,
  ) {}

  /** The progress of a poller that is new. */
  begin(): Promise<PollProgress> {
    return this.beginAt(this.start, undefined);
  }

  /** See `PageReader.moveTo`. */
  async moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress> {
    const { telling: before, future } = TableProgress.from(stored);
    const telling = repeats ? (before ?? 1) + 1 : before;
    if (target === 'beginning' || target === 'now') return this.beginAt(target, telling, future);
    const { value, key } = this.positionOf(target);
    await this.query.examine();
    // The database says whether it can compare with it.
    await this.query.page({ after: { value, key }, reached: null, mark: null, limit: 1 });
    return storeTableState({
      reached: key === null ? null : { value, key },
      settled: { value, key },
      known: [],
      future,
      mark: null,
      markedAt: this.clock.now(),
      telling,
    });
  }

  private positionOf(target: Exclude<PollTarget, string>): StartPosition {
    const { value, key = null } = target;
    if (typeof value === 'string' && this.query.accepts({ value, key })) return { value, key };
    throw new TypeError(
      `The poller '${this.poller}' reads ${this.query.name}: expected { value, key } as texts like those that ` +
        '`PollRegistry.get()` shows as its cursor.',
    );
  }

  private async beginAt(
    start: 'now' | 'beginning',
    telling: number | undefined,
    told?: TableState['future'],
  ): Promise<PollProgress> {
    await this.query.examine();
    const future = start === 'now' ? await this.allOfFuture(telling) : told;
    const end = await this.query.last();
    const state = { future, mark: end, markedAt: this.clock.now(), telling };
    if (start === 'beginning' || end === null) {
      return storeTableState({ reached: null, settled: null, known: [], ...state });
    }
    const tied = await this.query.tied(end.value, MAX_TIED + 1);
    const from =
      tied.length > MAX_TIED
        ? { settled: end, known: [] }
        : // Within the same second (or millisecond) a row with a lower key may still change.
          {
            settled: { value: end.value, key: null },
            known: tied.map((row) => this.ids.of(row, telling)),
          };
    return storeTableState({ reached: end, ...from, ...state });
  }

  private async allOfFuture(telling: number | undefined): Promise<TableState['future']> {
    const rows = await this.query.future(MAX_FUTURE_ROWS + 1);
    if (rows.length > MAX_FUTURE_ROWS) {
      throw ConfigurationError.because(
        `@Poll('${this.poller}').cursor`,
        `The poller '${this.poller}' reads ${this.query.name}, and more than ${MAX_FUTURE_ROWS} rows are dated in the ` +
          'future: one that starts now could not tell them from later ones.',
        "Name a cursor that says when a row was changed, or set start: 'beginning'.",
      );
    }
    const future = new FutureRows(undefined);
    for (const row of rows) future.add(this.ids.of(row, telling), true);
    return future.store();
  }
}
