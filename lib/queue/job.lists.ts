import type { EntityManager } from 'typeorm';
import { allOf, type QueryFilter } from '../database/paging/all-of.js';
import { equalTo } from '../database/paging/equal-to.js';
import { readMergedPage, readPage, type KeysetList } from '../database/paging/keyset.list.js';
import type { KeysetOrder } from '../database/paging/keyset.order.js';
import { newestFirst } from '../database/paging/newest-first.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { JobEntity } from './job.entity.js';
import type { JobState } from './job.js';
import { lastErrorIs } from './last-error.js';
import type { PausesByDueTime } from './pauses/pause.reads.js';
import { toJobView, VIEWED_COLUMNS, type JobView } from './job.view.js';

/**
 * Selects the jobs to list.
 *
 * @publicApi
 */
export interface JobFilter {
  readonly state?: JobState;
  /** `handler`, `replay`, `firing`, `notification` or `timer`. */
  readonly kind?: string;
  /** Name of the handler, rule, channel or timer. */
  readonly name?: string;
  /** Key of the event, or id of the firing, notification or timer. */
  readonly ref?: string;
  /** Key of the last error, as in {@link JobView} and {@link ErrorGroup}. */
  readonly errorKey?: string;
}

/** The orders of the lists, each along an index. */
type JobOrder = KeysetOrder<JobEntity>;

const NEWEST: JobOrder = newestFirst('id');

const LAST_DISCARDED: JobOrder = {
  name: 'discarded',
  direction: 'DESC',
  // The value is part of the text, so that PostgreSQL uses the partial index.
  holds: "row.state = 'discarded'",
  ...byInstant('finishedAt'),
};

const NEXT_DUE: JobOrder = {
  name: 'due',
  direction: 'ASC',
  holds: 'row.share IS NOT NULL',
  ...byInstant('dueAt'),
};

/** Jobs that were leased when they were added have an index of their own. */
const NEXT_UNSHARED: JobOrder = {
  name: NEXT_DUE.name,
  direction: 'ASC',
  holds: 'row.share IS NULL AND row.dueAt IS NOT NULL',
  ...byInstant('dueAt'),
};

/** Suspects have a due time in a column of their own. */
const NEXT_RESCUED: JobOrder = {
  name: NEXT_DUE.name,
  direction: 'ASC',
  holds: 'row.rescueAt IS NOT NULL',
  ...byInstant('rescueAt'),
};

/** The states whose jobs an index holds, as they are few. @internal */
export const INDEXED_STATES: ReadonlySet<JobState> = new Set([
  'available',
  'running',
  'retryable',
  'discarded',
]);

const LIVE: ReadonlySet<JobState | undefined> = new Set(['available', 'running', 'retryable']);

/**
 * Reads a page of jobs along the index that suits the filter.
 *
 * @param pauses those that the views name. @default none
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to the list
 * @internal
 */
export function readJobs(
  manager: EntityManager,
  { errorKey, ...columns }: JobFilter,
  page: PageOptions,
  pauses: PausesByDueTime = new Map(),
): Promise<Page<JobView>> {
  const { state, kind, name, ref } = columns;
  const failed = errorKey === undefined ? undefined : lastErrorIs(manager, errorKey);
  if (ref !== undefined) {
    const list = along(pauses, NEWEST, undefined);
    return readPage(
      manager,
      { ...list, within: allOf(equalTo<JobEntity>({ ref, state, kind, name }), failed) },
      page,
    );
  }
  if (LIVE.has(state)) {
    const filter = allOf(equalTo<JobEntity>({ state, kind, name }), failed);
    const orders = [NEXT_DUE, NEXT_UNSHARED, NEXT_RESCUED];
    return readMergedPage(
      manager,
      orders.map((order) => along(pauses, order, filter)),
      page,
    );
  }
  return state === 'discarded'
    ? readPage(
        manager,
        along(pauses, LAST_DISCARDED, allOf(equalTo<JobEntity>({ kind, name }), failed)),
        page,
      )
    : readPage(
        manager,
        along(pauses, NEWEST, allOf(equalTo<JobEntity>({ state, kind, name }), failed)),
        page,
      );
}

type Condition = KeysetList<JobEntity, JobView>['filter'];

function along(
  pauses: PausesByDueTime,
  order: JobOrder,
  filter: Condition,
): KeysetList<JobEntity, JobView> {
  return {
    entity: JobEntity,
    columns: VIEWED_COLUMNS,
    order,
    filter,
    toView: (row) => toJobView(row, pauses),
  };
}

function byInstant(
  column: 'finishedAt' | 'dueAt' | 'rescueAt',
): Pick<JobOrder, 'columns' | 'instantOf'> {
  return {
    columns: [
      { column, kind: 'number' },
      { column: 'id', kind: 'uuid' },
    ],
    instantOf: ([instant]) => Number(instant),
  };
}

/**
 * Rows whose job is in this state. It is asked for each row that is looked at, along the index of jobs: a join
 * would read all jobs first.
 *
 * @param whose condition that finds the job of a `row`
 * @param parameters those of the condition
 */
export function jobIs<Row extends object>(
  state: JobState,
  whose: string,
  parameters: Readonly<Record<string, string>> = {},
): QueryFilter<Row> {
  return (query) => {
    const job = query.subQuery().select('job.state').from(JobEntity, 'job').where(whose).limit(1);
    query.andWhere(`${job.getQuery()} = :state`, { ...parameters, state });
  };
}
