import type { ObjectLiteral } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import type { IncomingEvent } from '../inbox/incoming-event.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { nthEventId, rowEventId, toldAgainEventId } from './event-id.js';
import { FutureRows, MAX_FUTURE_ROWS } from './future-rows.js';
import { toIncomingEvent } from './incoming-polled-event.js';
import type { KeysetQuery } from './keyset.query.js';
import type { KeysetRow } from './keyset.row.js';
import { MixedCursorError } from './mixed-cursor.error.js';
import { NullKeys } from './null.keys.js';
import type { FailedItem, PageReader, PolledBatch, PollProgress } from './page.reader.js';
import type { PolledEvent, PolledEvents, RowPollContext } from './polled-event.js';
import type { PollTarget } from './poll-target.js';
import { postponementOf } from './postponement.js';
import { RecentIds } from './recent-ids.js';
import type { RowPosition } from './row-position.js';
import { storeTableState, TableProgress, type TableState } from './table.progress.js';

/** A poller's method, bound to its instance. */
export type RowPollMethod = (
  row: ObjectLiteral,
  context: RowPollContext,
) => PolledEvents | Promise<PolledEvents>;

/** How a table is read; see `TablePollOptions`. */
export interface TableReaderOptions {
  readonly start: 'now' | 'beginning';
  readonly pageSize: number;
  readonly maxRows: number;
  readonly lookBackMs: number;
  readonly dedupeBy: 'cursor' | 'content';
}

/** Ids of rows that are known to be in the inbox, so that they need not be handed in again. */
const MAX_REMEMBERED = 20_000;

/** Most rows of a page that are set aside; where more of them fail, it is not the rows that are bad. */
const MAX_ASIDE = 20;

/** How many may fail before one can be taken: the method may wait long for something that is down. */
const MAX_IN_VAIN = 5;

/** How long an idle poller waits at least before it looks for the end of its table again. */
const MIN_LOOK_MS = 10_000;

/** Rows with the last cursor value of the table that a poller that starts `now` can tell from later ones. */
const MAX_TIED = 200;

/** What a page is looked at with. */
interface MappingContext {
  readonly progress: TableProgress;
  readonly signal: AbortSignal;
  readonly aside: ReadonlySet<string>;
}

/** What a method made of a page of rows, up to the row that it failed at. */
interface MappedPage {
  readonly events: IncomingEvent[];
  readonly rows: KeysetRow[];
  readonly ids: string[];
  /** Ids of rows dated in the future. */
  readonly future: Set<string>;
  readonly failed: FailedItem[];
  /** Where the first row that failed stands among the rows. */
  firstFailed: number | undefined;
  failure: PolledBatch['failure'];
}

/**
 * Reads a table of the host along (cursor, key), from where everything is settled to the end.
 *
 * A row may appear behind a row that has been read: it was given its cursor value earlier, but was
 * committed later. So what has been read is settled only after it was read once more, `lookBackMs`
 * after it had been the end of the table. Until then each run reads it again, from the last settled row;
 * what is known by then is passed over. That depends on no time zone, and on no other clock.
 *
 * A row dated in the future is told like others, and never counts as read: all that is written until
 * then lies before it. Each run reads it again, and passes it over: the stored state remembers it.
 *
 * @internal
 */
export class TableReader implements PageReader {
  readonly reads: string;
  private readonly handedIn = new RecentIds(MAX_REMEMBERED);
  private readonly logger = new SafeLogger(TableReader.name);
  private readonly nullKeys: NullKeys;
  private nextLookAt = 0;
  private isRestartTold = false;

  constructor(
    private readonly poller: string,
    private readonly query: KeysetQuery,
    private readonly method: RowPollMethod,
    private readonly options: TableReaderOptions,
    private readonly clock: Clock,
  ) {
    this.reads = query.name;
    this.nullKeys = new NullKeys(poller, query, clock, options.lookBackMs);
  }

  begin(): Promise<PollProgress> {
    return this.beginAt(this.options.start, undefined);
  }

  async moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress> {
    const { telling: before, future } = TableProgress.from(stored);
    const telling = repeats ? (before ?? 1) + 1 : before;
    if (target === 'beginning' || target === 'now') return this.beginAt(target, telling, future);
    const { value, key = null } = target;
    if (typeof value !== 'string' || !this.query.accepts({ value, key })) {
      throw new TypeError(
        `The poller '${this.poller}' reads ${this.reads}: expected { value, key } as texts like those that ` +
          '`PollRegistry.list()` shows as its cursor.',
      );
    }
    const settled = { value, key };
    await this.query.examine();
    // The database says whether it can compare with it.
    await this.query.page({ after: settled, reached: null, mark: null, limit: 1 });
    return storeTableState({
      reached: key === null ? null : { value, key },
      settled,
      known: [],
      future,
      mark: null,
      markedAt: this.clock.now(),
      telling,
    });
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
            known: tied.map((row) => this.idOf(row, telling)),
          };
    return storeTableState({ reached: end, ...from, ...state });
  }

  private async allOfFuture(telling: number | undefined): Promise<TableState['future']> {
    const rows = await this.query.future(MAX_FUTURE_ROWS + 1);
    if (rows.length > MAX_FUTURE_ROWS) {
      throw ConfigurationError.because(
        `@Poll('${this.poller}').cursor`,
        `The poller '${this.poller}' reads ${this.reads}, and more than ${MAX_FUTURE_ROWS} rows are dated in the ` +
          'future: one that starts now could not tell them from later ones.',
        "Name a cursor that says when a row was changed, or set start: 'beginning'.",
      );
    }
    const future = new FutureRows(undefined);
    for (const row of rows) future.add(this.idOf(row, telling), true);
    return future.store();
  }

  async *read(
    stored: PollProgress,
    signal: AbortSignal,
    aside: ReadonlySet<string>,
  ): AsyncGenerator<PolledBatch> {
    const { isMixed } = await this.query.examine();
    if (isMixed) throw new MixedCursorError(this.poller, this.reads);
    const progress = TableProgress.from(stored);
    const isMarkDue = progress.markedAt + this.options.lookBackMs <= this.clock.now();
    const mark = isMarkDue && progress.isUnsettled ? progress.mark : null;
    let isToBeMarked = isMarkDue;
    let budget = this.options.maxRows;
    let after = progress.settled;
    await this.nullKeys.look(after?.value ?? null);

    for (let more = true; more && !signal.aborted;) {
      const limit = Math.min(this.options.pageSize, budget);
      const { rows, isLast } = await this.query.page({
        after,
        reached: progress.reached,
        mark,
        limit,
      });
      if (rows.length === 0) await this.warnOfRestart(progress.reached);
      const page = await this.map(rows, { progress, signal, aside });
      const past = page.rows.filter(({ isFuture }) => !isFuture);
      progress.advance(past);
      const last = page.rows.at(-1);
      after = last?.position ?? after;
      budget -= past.filter(({ isNew }) => isNew).length;
      // A new mark has to wait until what lies before the old one is settled.
      const isBeyondMark = last?.isUpToMark === false && page.rows.length === rows.length;
      if (isToBeMarked && isBeyondMark) {
        const end = isLast && !last.isFuture ? last.position : await this.query.last();
        progress.markEnd(end, this.clock.now());
        isToBeMarked = false;
      }
      progress.remember(page.ids, page.future, isLast && page.rows.length === rows.length);
      more = !isLast && budget > 0;
      if (rows.length > 0) {
        yield {
          events: page.events,
          progress: progress.store(),
          failed: page.failed,
          failure: page.failure,
          more: !isLast && !more,
        };
      }
      for (const id of page.ids) this.handedIn.add(id);
    }
  }

  async advice(): Promise<string | undefined> {
    if (await this.query.isIndexed()) return undefined;
    return (
      `Poller '${this.poller}' reads ${this.reads}, and no index leads with its cursor: each run reads ` +
      `the whole table. Add ${this.query.indexDecorator} to the entity, or an index like it to the database.`
    );
  }

  async zoneAdvice(): Promise<string | undefined> {
    const doubt = await this.query.instant.doubt();
    return (
      doubt &&
      `Poller '${this.poller}' reads ${this.reads}, and ${doubt}, or return \`occurredAt\` of each event. Until ` +
        'then the time of an event is when its row was found.'
    );
  }

  async retry(content: string, signal: AbortSignal): Promise<readonly IncomingEvent[]> {
    const { key, telling } = JSON.parse(content) as RowPosition & { telling?: number };
    const row = await this.query.withKey(key);
    // It has been deleted, and deleted rows are not reported.
    if (row === undefined) return [];
    const id = this.idOf(row, telling);
    const events = await this.eventsOf(row, id, signal);
    this.handedIn.add(id);
    return events;
  }

  /**
   * Numbers that start again, as after a truncation, lie behind all that was read. An idle run looks for
   * that, at most once a look-back.
   */
  private async warnOfRestart(reached: RowPosition | null): Promise<void> {
    const now = this.clock.now();
    const { kind } = this.query.cursor;
    if (kind !== 'number' || reached === null || now < this.nextLookAt) return;
    this.nextLookAt = now + Math.max(this.options.lookBackMs, MIN_LOOK_MS);
    const last = await this.query.last();
    const isBehind = last !== null && Number(last.value) < Number(reached.value);
    if (isBehind && !this.isRestartTold) {
      this.logger.warn(
        `Poller '${this.poller}' has read ${this.reads} up to ${reached.value}, and the table now ends at ${last.value}. ` +
          'Where its last rows were deleted, nothing is to be done. Where its numbers start again, new rows are not ' +
          `found until they pass ${reached.value}: call PollRegistry.reset('${this.poller}', 'beginning', { repeat: true }).`,
      );
    }
    this.isRestartTold = isBehind;
  }

  private async map(
    rows: readonly KeysetRow[],
    { progress, signal, aside }: MappingContext,
  ): Promise<MappedPage> {
    const page: MappedPage = {
      events: [],
      rows: [],
      ids: [],
      future: new Set(),
      failed: [],
      firstFailed: undefined,
      failure: undefined,
    };
    let taken = 0;
    for (const row of rows) {
      if (signal.aborted) break;
      const id = this.idOf(row, progress.telling);
      if (row.isFuture) page.future.add(id);
      if (!this.handedIn.has(id) && !progress.knows(id) && !aside.has(id)) {
        try {
          page.events.push(...(await this.eventsOf(row, id, signal)));
          taken++;
        } catch (error) {
          if (postponementOf(error, this.clock.now()) !== undefined) {
            page.failure = { error };
            break;
          }
          const content = JSON.stringify({ ...row.position, telling: progress.telling });
          page.firstFailed ??= page.rows.length;
          page.failed.push({ item: id, kind: 'row', content, error });
          page.rows.push(row);
          if (page.failed.length > (taken === 0 ? MAX_IN_VAIN : MAX_ASIDE))
            return upToFirstFailed(page);
          continue;
        }
      }
      page.rows.push(row);
      page.ids.push(id);
    }
    // Where several fail and none can be taken it is the method that fails, or what it needs: no row.
    return taken === 0 && page.failed.length > 1 ? upToFirstFailed(page) : page;
  }

  private async eventsOf(
    { row, occurredAt }: KeysetRow,
    id: string,
    signal: AbortSignal,
  ): Promise<IncomingEvent[]> {
    const result = await this.method(row, { signal });
    if (result === undefined || result === null) return [];
    const events: readonly PolledEvent[] = isList(result) ? result : [result];
    return events.map((event, index) =>
      toIncomingEvent(this.poller, event, { id: nthEventId(id, index), occurredAt }),
    );
  }

  private idOf({ position, content }: KeysetRow, telling: number | undefined): string {
    const isContentTold = this.options.dedupeBy === 'content';
    const id = rowEventId(position, this.query.cursor.kind, isContentTold ? content : undefined);
    return telling === undefined ? id : toldAgainEventId(id, telling);
  }
}

/** The page up to the first row that failed: the run ends there, and what lies behind it comes again. */
function upToFirstFailed(page: MappedPage): MappedPage {
  const [first] = page.failed;
  const end = page.firstFailed;
  return {
    events: page.events,
    rows: page.rows.slice(0, end),
    ids: page.ids.slice(0, end),
    future: page.future,
    failed: [],
    firstFailed: end,
    failure: { error: first?.error },
  };
}

/** `Array.isArray` does not recognise a list that is read-only. */
function isList(events: PolledEvent | readonly PolledEvent[]): events is readonly PolledEvent[] {
  return Array.isArray(events);
}
