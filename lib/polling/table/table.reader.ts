import type { Clock } from '../../clock/clock.js';
import type { IncomingEvent } from '../../inbox/incoming-event.js';
import type { AsideItems } from '../aside/aside-items.js';
import type { KeysetQuery } from './keyset.query.js';
import type { KeysetRow } from './keyset.row.js';
import { MixedCursorError } from './mixed-cursor.error.js';
import { NullKeys } from './null.keys.js';
import type { PageReader, PolledBatch, PollProgress } from '../page.reader.js';
import type { PollTarget } from '../poll-target.js';
import { RestartWatch } from './restart.watch.js';
import { RowIds } from './row-ids.js';
import { RowMapper, type MappedRows, type RowPollMethod } from './row.mapper.js';
import type { RowContentOfItem } from './row-name.js';
import type { RowPosition, StartPosition } from './row-position.js';
import { readPage, type ReadRow } from './row.source.js';
import type { RunSpan } from '../run/run.span.js';
import { TableProgress } from './table.progress.js';
import { TableStart } from './table.start.js';

/** How a table is read; see `TablePollOptions`. */
export interface TableReaderOptions {
  readonly start: 'now' | 'beginning';
  readonly pageSize: number;
  readonly maxRows: number;
  readonly lookBackMs: number;
  readonly dedupeBy: 'cursor' | 'content';
}

/** Where a batch ends. */
interface BatchEnd {
  /** Where the table ends, where that has to be noted. */
  readonly mark: { readonly position: RowPosition | null } | undefined;
  /** Whether the run has read to the end of the table. */
  readonly isEnd: boolean;
}

/** The state of a run. */
interface Reading {
  readonly progress: TableProgress;
  readonly span: RunSpan;
  readonly aside: AsideItems;
  /** How many new rows may still be read. */
  budget: number;
  after: StartPosition | null;
  /** Whether the end of the table has to be noted, once the run has come there. */
  isToBeMarked: boolean;
}

/**
 * Reads a table of the host along (cursor, key), from where everything is settled to the end.
 *
 * A row may appear behind a row that has been read: it was given its cursor value earlier, but was
 * committed later. So what has been read is settled only after it was read once more, `lookBackMs`
 * after it had been the end of the table. Until then each run reads it again, from the last settled row, and
 * passes known rows over. That depends on no time zone, and on no other clock.
 *
 * A row dated in the future is reported like others, and never counts as read: all rows written until then lie
 * before it. Each run reads it again, and passes it over: the stored state remembers it.
 *
 * @internal
 */
export class TableReader implements PageReader {
  readonly reads: string;
  private readonly ids: RowIds;
  private readonly starts: TableStart;
  private readonly rows: RowMapper;
  private readonly restarts: RestartWatch;
  private readonly nullKeys: NullKeys;

  constructor(
    private readonly poller: string,
    private readonly query: KeysetQuery,
    method: RowPollMethod,
    private readonly options: TableReaderOptions,
    private readonly clock: Clock,
    heldUp: (reason: string) => void,
  ) {
    this.reads = query.name;
    this.ids = new RowIds(query.cursor.kind, options.dedupeBy);
    this.starts = new TableStart(poller, query, this.ids, options.start, clock);
    this.rows = new RowMapper(poller, method, clock, this.ids);
    this.restarts = new RestartWatch(heldUp, poller, query, options.lookBackMs, clock);
    this.nullKeys = new NullKeys(heldUp, query, clock, options.lookBackMs);
  }

  begin(): Promise<PollProgress> {
    return this.starts.begin();
  }

  moveTo(target: PollTarget, stored: PollProgress, repeats: boolean): Promise<PollProgress> {
    return this.starts.moveTo(target, stored, repeats);
  }

  async *read(stored: PollProgress, span: RunSpan, aside: AsideItems): AsyncGenerator<PolledBatch> {
    const { isMixed } = await this.query.examine();
    if (isMixed) throw new MixedCursorError(this.poller, this.reads);
    const progress = TableProgress.from(stored);
    const isMarkDue = progress.markedAt + this.options.lookBackMs <= this.clock.now();
    const mark = isMarkDue && progress.isUnsettled ? progress.mark : null;
    await this.nullKeys.look(progress.settled?.value ?? null);
    const reading: Reading = {
      progress,
      span,
      aside,
      budget: this.options.maxRows,
      after: progress.settled,
      isToBeMarked: isMarkDue,
    };
    for (let more = true; more;) {
      if (span.timeout !== undefined) throw span.timeout;
      if (span.signal.aborted) return;
      const { after, budget } = reading;
      const limit = Math.min(this.options.pageSize, budget);
      const page = await readPage(this.query, { after, reached: progress.reached, mark, limit });
      if (page.rows.length === 0) await this.restarts.look(progress.reached);
      yield* this.readRows(page.rows, page.isLast, reading);
      more = !page.isLast && reading.budget > 0;
    }
  }

  /** A page in parts, so that what a slow method has found is saved on the way. */
  private async *readRows(
    rows: readonly ReadRow[],
    isLast: boolean,
    reading: Reading,
  ): AsyncGenerator<PolledBatch> {
    for (let start = 0; start < rows.length && !reading.span.signal.aborted;) {
      const mapped = await this.rows.map(rows.slice(start), reading);
      const isSamePage = start > 0;
      start += mapped.rows.length;
      const last = mapped.rows.at(-1);
      reading.after = last?.position ?? reading.after;
      reading.budget -= mapped.rows.filter(({ isFuture, isNew }) => !isFuture && isNew).length;
      const isEndOfPage = start === rows.length;
      const mark = await this.markAt(last, isLast, isEndOfPage, reading);
      const isEnd = isLast && isEndOfPage;
      const { tried, failure, isPostponed } = mapped;
      yield {
        tried,
        isSamePage,
        progress: (before) => this.advance(mapped, before, { mark, isEnd }, reading.progress),
        failure,
        isPostponed,
        more: isEndOfPage && !isLast && reading.budget <= 0,
      };
    }
  }

  /** The end of the table, where it has to be noted. A new mark waits until what lies before the old is settled. */
  private async markAt(
    last: KeysetRow | undefined,
    isLastPage: boolean,
    isEndOfPage: boolean,
    reading: Reading,
  ): Promise<BatchEnd['mark']> {
    if (!reading.isToBeMarked || !isEndOfPage || last?.isUpToMark !== false) return undefined;
    reading.isToBeMarked = false;
    return { position: isLastPage && !last.isFuture ? last.position : await this.query.last() };
  }

  private advance(
    { rows, places, tried, ids }: MappedRows,
    before: number | undefined,
    { mark, isEnd }: BatchEnd,
    progress: TableProgress,
  ): PollProgress {
    const isAll = before === undefined || before >= tried.length;
    const dealtWith = isAll ? rows : rows.slice(0, places[before]);
    const known = ids.slice(0, dealtWith.length);
    this.rows.remember(known);
    dealtWith.forEach(({ isFuture }, index) => progress.remember(known[index], isFuture));
    if (isEnd && isAll) progress.forgetUnseen();
    progress.advance(dealtWith.filter(({ isFuture }) => !isFuture));
    if (mark !== undefined && isAll) progress.markEnd(mark.position, this.clock.now());
    return progress.store();
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

  async retry(content: string, span: RunSpan): Promise<readonly IncomingEvent[]> {
    const { key, telling } = JSON.parse(content) as RowContentOfItem;
    const row = await this.query.withKey(key);
    // Deleted rows are not reported.
    if (row === undefined) return [];
    const id = this.ids.of(row, telling);
    const events = await this.rows.eventsOf(row, id, span);
    this.rows.remember([id]);
    return events;
  }
}
