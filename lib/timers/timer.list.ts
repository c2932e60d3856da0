import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { allOf, type QueryFilter } from '../database/paging/all-of.js';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import { equalTo } from '../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../database/paging/keyset.list.js';
import { leadingValues } from '../database/paging/leading-values.js';
import { newestFirst } from '../database/paging/newest-first.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { JobEntity } from '../queue/job.entity.js';
import { INDEXED_STATES, jobIs, readJobs } from '../queue/job.lists.js';
import type { JobState } from '../queue/job.js';
import { TIMER_JOB } from './timer-job.js';
import { TimerEntity } from './timer.entity.js';
import { timerKey } from './timer-request.js';
import { toTimerView, VIEWED_COLUMNS, type TimerView } from './timer.view.js';

/**
 * Which timers to list.
 *
 * @publicApi
 */
export interface TimerFilter {
  readonly name?: string;
  readonly key?: string | number;
  /** State of the timer's job: `available` waits for its time. */
  readonly state?: JobState;
}

type Rows = KeysetList<TimerEntity, TimerEntity>;
type Filter = QueryFilter<TimerEntity>;

const NEWEST: Pick<Rows, 'entity' | 'columns' | 'order' | 'toView'> = {
  entity: TimerEntity,
  columns: VIEWED_COLUMNS,
  order: newestFirst('id'),
  toView: (row) => row,
};

/**
 * Reads timers with what became of them.
 *
 * @internal
 */
@Injectable()
export class TimerList {
  constructor(private readonly database: SqlDatabase) {}

  async list(filter: TimerFilter, page: PageOptions): Promise<Page<TimerView>> {
    const { name, key, state } = filter;
    // A key that cannot be stored is stored as its digest.
    if (!canMatch({ name, state })) return emptyPage(page);
    return this.database.read((manager) =>
      state !== undefined && INDEXED_STATES.has(state) && key === undefined
        ? byJobs(manager, state, name, page)
        : byRows(manager, filter, page),
    );
  }

  /** The timer that was set last with this name and key. */
  get(name: string, key: string): Promise<TimerView | undefined> {
    return this.database.read(async (manager) => {
      const row = await manager.findOne(TimerEntity, {
        select: Object.fromEntries(VIEWED_COLUMNS.map((column) => [column, true])),
        where: { name, key, latest: true },
      });
      return row === null ? undefined : (await withJobs(manager, [row]))[0];
    });
  }
}

/**
 * Reads a page of timers along their own table.
 *
 * @internal
 */
export async function byRows(
  manager: EntityManager,
  { name, key, state }: TimerFilter,
  page: PageOptions,
): Promise<Page<TimerView>> {
  const ofState = state === undefined ? undefined : jobIs<TimerEntity>(state, 'job.id = row.jobId');
  const filter = allOf(equalTo<TimerEntity>({ name }), ofState);
  const within = key === undefined ? undefined : await hasKey(manager, timerKey(key), name);
  const { items, ...rest } = await readPage(manager, { ...NEWEST, within, filter }, page);
  return { items: await withJobs(manager, items), ...rest };
}

/**
 * Reads a page of timers along the index of such jobs.
 *
 * @internal
 */
export async function byJobs(
  manager: EntityManager,
  state: JobState,
  name: string | undefined,
  page: PageOptions,
): Promise<Page<TimerView>> {
  const filter = { state, kind: TIMER_JOB, ...(name !== undefined && { name }) };
  const { items: jobs, ...rest } = await readJobs(manager, filter, page);
  const rows = await manager.find(TimerEntity, {
    select: Object.fromEntries(VIEWED_COLUMNS.map((column) => [column, true])),
    where: { id: In(jobs.map(({ ref }) => ref)) },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = jobs.flatMap((job) => {
    const row = byId.get(job.ref);
    return row === undefined ? [] : [toTimerView(row, job)];
  });
  return { items, ...rest };
}

async function withJobs(
  manager: EntityManager,
  rows: readonly TimerEntity[],
): Promise<TimerView[]> {
  const jobs = await manager.find(JobEntity, {
    select: { id: true, state: true, attempt: true, lastError: true },
    where: { id: In(rows.flatMap(({ jobId }) => jobId ?? [])) },
  });
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return rows.map((row) => toTimerView(row, byId.get(row.jobId ?? '')));
}

/** The unique index over keys begins with the name. */
async function hasKey(
  manager: EntityManager,
  key: string,
  name: string | undefined,
): Promise<Filter> {
  const names = name === undefined ? await leadingValues(manager, TimerEntity, 'name') : [name];
  return (query) => {
    if (names.length === 0) query.andWhere('1 = 0');
    else query.andWhere('row.name IN (:...names) AND row.key = :key', { names, key });
  };
}
