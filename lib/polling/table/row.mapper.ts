import type { ObjectLiteral } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import type { IncomingEvent } from '../../inbox/incoming-event.js';
import type { AsideItems } from '../aside/aside-items.js';
import { nthEventId } from '../event-id.js';
import { toIncomingEvent } from '../incoming-polled-event.js';
import type { PolledBatch, TriedItem } from '../page.reader.js';
import type { PolledEvent, PolledEvents, RowPollContext } from '../polled-event.js';
import { postponementOf } from '../run/postponement.js';
import { RecentIds } from './recent-ids.js';
import type { RowIds } from './row-ids.js';
import { rowName } from './row-name.js';
import type { ReadRow } from './row.source.js';
import type { RunSpan } from '../run/run.span.js';
import type { TableProgress } from './table.progress.js';

/** A poller's method, bound to its instance. */
export type RowPollMethod = (
  row: ObjectLiteral,
  context: RowPollContext,
) => PolledEvents | Promise<PolledEvents>;

/** The run that rows are mapped for. */
export interface MappingContext {
  readonly progress: TableProgress;
  readonly span: RunSpan;
  readonly aside: AsideItems;
}

/** What a method made of rows, up to where the run has to end or what it found should be saved. */
export interface MappedRows {
  readonly tried: TriedItem[];
  /** Where each of those tried stands among the rows. */
  readonly places: number[];
  readonly rows: ReadRow[];
  /** The id of each row, where the inbox need not get it again after this batch. */
  readonly ids: (string | undefined)[];
  failure: PolledBatch['failure'];
  isPostponed: boolean;
}

/** Ids of rows that are known to be in the inbox, which need not get them again. */
const MAX_REMEMBERED = 20_000;

/** For how long rows are mapped before what was found is saved: a slow method must not lose it at its time-out. */
const SAVE_EVERY_MS = 1_000;

/**
 * Gives rows to the method of their poller.
 *
 * @internal
 */
export class RowMapper {
  private readonly handedIn = new RecentIds(MAX_REMEMBERED);

  constructor(
    private readonly poller: string,
    private readonly method: RowPollMethod,
    private readonly clock: Clock,
    private readonly ids: RowIds,
  ) {}

  /** Notes ids that are in the inbox. */
  remember(ids: readonly (string | undefined)[]): void {
    for (const id of ids) if (id !== undefined) this.handedIn.add(id);
  }

  async map(rows: readonly ReadRow[], context: MappingContext): Promise<MappedRows> {
    const { progress, span, aside } = context;
    const mapped: MappedRows = {
      tried: [],
      places: [],
      rows: [],
      ids: [],
      failure: undefined,
      isPostponed: false,
    };
    const began = this.clock.now();
    for (const row of rows) {
      if (span.signal.aborted || mapped.failure !== undefined) break;
      const id = this.ids.of(row, progress.telling);
      const name = rowName(row.position, id, progress.telling);
      const isKnown = this.handedIn.has(id) || progress.knows(id);
      if (isKnown || aside.passesOver(name)) {
        mapped.rows.push(row);
        mapped.ids.push(isKnown ? id : undefined);
        continue;
      }
      await this.try(row, id, { mapped, span, name: () => name });
      const isWorthSaving = mapped.tried.some(({ failure }) => failure === undefined);
      if (this.clock.now() - began >= SAVE_EVERY_MS && isWorthSaving) break;
    }
    if (span.timeout !== undefined) mapped.failure ??= { error: span.timeout };
    return mapped;
  }

  private async try(
    row: ReadRow,
    id: string,
    { mapped, span, name }: { mapped: MappedRows; span: RunSpan; name: TriedItem['name'] },
  ): Promise<void> {
    const keep = (one: TriedItem, known?: string): void => {
      mapped.places.push(mapped.rows.length);
      mapped.rows.push(row);
      mapped.ids.push(known);
      mapped.tried.push(one);
    };
    try {
      keep({ name, events: await this.eventsOf(row, id, span) }, id);
    } catch (reason) {
      // The run was interrupted, which says nothing about the row.
      if (span.isStopped) return;
      const error = span.timeout ?? reason;
      keep({ name, events: [], failure: { error } });
      if (postponementOf(error, this.clock.now()) === undefined) return;
      mapped.failure = { error };
      mapped.isPostponed = true;
    }
  }

  async eventsOf(row: ReadRow, id: string, span: RunSpan): Promise<IncomingEvent[]> {
    if (row.unreadable !== undefined) throw row.unreadable.error;
    const result = await span.within(this.call(row.row, span));
    if (result === undefined || result === null) return [];
    const events: readonly PolledEvent[] = isList(result) ? result : [result];
    const { occurredAt } = row;
    return events.map((event, index) =>
      toIncomingEvent(this.poller, event, { id: nthEventId(id, index), occurredAt }),
    );
  }

  private async call(row: ObjectLiteral, { signal }: RunSpan): Promise<PolledEvents> {
    return this.method(row, { signal });
  }
}

/** `Array.isArray` does not recognise a list that is read-only. */
function isList(events: PolledEvent | readonly PolledEvent[]): events is readonly PolledEvent[] {
  return Array.isArray(events);
}
