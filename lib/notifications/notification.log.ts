import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { allOf, type QueryFilter } from '../database/paging/all-of.js';
import { canMatch } from '../database/paging/can-match.js';
import { emptyPage } from '../database/paging/empty-page.js';
import { equalTo } from '../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../database/paging/keyset.list.js';
import { newestFirst } from '../database/paging/newest-first.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { readOne } from '../database/paging/read-one.js';
import { SqlDatabase } from '../database/sql-database.js';
import { JobEntity } from '../queue/job.entity.js';
import { INDEXED_STATES, jobIs, readJobs } from '../queue/job.lists.js';
import type { JobState } from '../queue/job.js';
import { NotificationEntity } from './notification.entity.js';
import { NOTIFICATION_JOB } from './notification-job.js';
import { toNotificationView, VIEWED_COLUMNS, type NotificationView } from './notification.view.js';
import { toStoredKey } from './stored-key.js';

/**
 * Which notifications to list.
 *
 * @publicApi
 */
export interface NotificationFilter {
  readonly channel?: string;
  /** The whole recipient, as it stands in the log. */
  readonly recipient?: string;
  readonly key?: string;
  /** State of the notification's job. */
  readonly state?: JobState;
}

type Rows = KeysetList<NotificationEntity, NotificationEntity>;
type Filter = QueryFilter<NotificationEntity>;

const NEWEST: Pick<Rows, 'entity' | 'columns' | 'order' | 'toView'> = {
  entity: NotificationEntity,
  columns: VIEWED_COLUMNS,
  order: newestFirst('id'),
  toView: (row) => row,
};

/**
 * Reads the log of notifications.
 *
 * @internal
 */
@Injectable()
export class NotificationLog {
  constructor(private readonly database: SqlDatabase) {}

  async list(filter: NotificationFilter, page: PageOptions): Promise<Page<NotificationView>> {
    const { state, ...others } = filter;
    // A key that cannot be stored is stored as its digest.
    if (!canMatch({ ...filter, key: undefined })) return emptyPage(page);
    return this.database.read((manager) =>
      state !== undefined && INDEXED_STATES.has(state) && others.key === undefined
        ? byJobs(manager, state, others, page)
        : byRows(manager, filter, page),
    );
  }

  get(id: string): Promise<NotificationView | undefined> {
    return this.database.read(async (manager) => {
      const row = await readOne(manager, NEWEST, { id });
      return row && (await withJobs(manager, [row]))[0];
    });
  }
}

async function byRows(
  manager: EntityManager,
  { channel, recipient, key, state }: NotificationFilter,
  page: PageOptions,
): Promise<Page<NotificationView>> {
  const filter = allOf(
    equalTo<NotificationEntity>({ channel, recipient }),
    state === undefined
      ? undefined
      : jobIs<NotificationEntity>(state, 'job.ref = row.id AND job.kind = :kind', {
          kind: NOTIFICATION_JOB,
        }),
  );
  const within = key === undefined ? undefined : hasKey(key);
  const { items, ...rest } = await readPage(manager, { ...NEWEST, within, filter }, page);
  return { items: await withJobs(manager, items), ...rest };
}

/** Along the index of such jobs. */
async function byJobs(
  manager: EntityManager,
  state: JobState,
  { channel, recipient }: NotificationFilter,
  page: PageOptions,
): Promise<Page<NotificationView>> {
  const filter = { state, kind: NOTIFICATION_JOB, ...(channel !== undefined && { name: channel }) };
  const { items: jobs, ...rest } = await readJobs(manager, filter, page);
  const rows = await manager.find(NotificationEntity, {
    select: Object.fromEntries(VIEWED_COLUMNS.map((column) => [column, true])),
    where: { id: In(jobs.map(({ ref }) => ref)), ...(recipient !== undefined && { recipient }) },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = jobs.flatMap((job) => {
    const row = byId.get(job.ref);
    return row === undefined ? [] : [toNotificationView(row, job)];
  });
  return { items, ...rest };
}

async function withJobs(
  manager: EntityManager,
  rows: readonly NotificationEntity[],
): Promise<NotificationView[]> {
  const jobs = await manager.find(JobEntity, {
    select: { id: true, ref: true, state: true, lastError: true },
    where: { ref: In(rows.map(({ id }) => id)), kind: NOTIFICATION_JOB },
  });
  const byRef = new Map(jobs.map((job) => [job.ref, job]));
  return rows.map((row) => toNotificationView(row, byRef.get(row.id)));
}

/** The index over keys gives their notifications in the order of the list. */
function hasKey(given: string): Filter {
  const key = toStoredKey(given);
  return (query) => query.andWhere('row.key = :key', { key });
}
