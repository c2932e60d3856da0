import { In, type EntityManager } from 'typeorm';
import { allOf, type QueryFilter } from '../../database/paging/all-of.js';
import { equalTo } from '../../database/paging/equal-to.js';
import { readPage, type KeysetList } from '../../database/paging/keyset.list.js';
import { leadingValues } from '../../database/paging/leading-values.js';
import { newestFirst } from '../../database/paging/newest-first.js';
import type { Page, PageOptions } from '../../database/paging/page.js';
import { readOne } from '../../database/paging/read-one.js';
import { NotificationEntity } from '../../notifications/notification.entity.js';
import { JobEntity } from '../../queue/job.entity.js';
import { INDEXED_STATES, jobIs, readJobs } from '../../queue/job.lists.js';
import type { JobState } from '../../queue/job.js';
import { handlerNameOf } from '../handler-name.js';
import { FIRING_JOB } from './firing-job.js';
import { notifiedOf } from './firing.store.js';
import { RuleFiringEntity } from './rule-firing.entity.js';
import { toRuleFiringView, type FiringJob, type RuleFiringView } from './rule-firing.view.js';

/**
 * Which firings to list.
 *
 * @publicApi
 */
export interface RuleFiringFilter {
  readonly rule?: string;
  /** Only firings for subjects of this tenant; `''` for those of sources without tenants. */
  readonly tenant?: string;
  readonly subject?: string;
  /** Key of the event that made the condition true. */
  readonly event?: string;
  /** State of the job that runs the rule's method. */
  readonly state?: JobState;
}

type Rows = KeysetList<RuleFiringEntity, RuleFiringEntity>;
type Filter = QueryFilter<RuleFiringEntity>;

const NEWEST: Pick<Rows, 'entity' | 'columns' | 'order' | 'toView'> = {
  entity: RuleFiringEntity,
  columns: ['id', 'rule', 'tenant', 'subject', 'eventKey', 'fireCount', 'firedAt', 'notified'],
  order: newestFirst('id'),
  toView: (row) => row,
};

/**
 * Reads a page of firings, the newest first; filtered by a state of live or discarded jobs, and not by subject
 * or event, in the order of those jobs.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to the list
 * @internal
 */
export async function readRuleFirings(
  manager: EntityManager,
  filter: RuleFiringFilter,
  page: PageOptions,
): Promise<Page<RuleFiringView>> {
  const { state, subject, event } = filter;
  const isByJobs =
    state !== undefined &&
    INDEXED_STATES.has(state) &&
    subject === undefined &&
    event === undefined;
  return isByJobs ? byJobs(manager, state, filter, page) : byRows(manager, filter, page);
}

/** The firing with this id. */
export async function readRuleFiring(
  manager: EntityManager,
  id: string,
): Promise<RuleFiringView | undefined> {
  const row = await readOne(manager, NEWEST, { id });
  return row && (await toViews(manager, [row]))[0];
}

/** Along the index that suits the filter. */
async function byRows(
  manager: EntityManager,
  { rule, tenant, subject, event, state }: RuleFiringFilter,
  page: PageOptions,
): Promise<Page<RuleFiringView>> {
  const ofTenant = equalTo<RuleFiringEntity>({ tenant });
  const ofState =
    state === undefined
      ? undefined
      : jobIs<RuleFiringEntity>(state, 'job.ref = row.id AND job.kind = :kind', {
          kind: FIRING_JOB,
        });
  const within = await withinIndex(manager, rule, subject, event);
  const filter = allOf(ofTenant, ofState);
  // Few firings have the same subject or event: all of them may be looked at.
  const isNarrow = subject !== undefined || event !== undefined;
  const list: Rows = isNarrow
    ? { ...NEWEST, within: allOf(within, filter) }
    : { ...NEWEST, within, filter };
  const { items, ...rest } = await readPage(manager, list, page);
  return { items: await toViews(manager, items), ...rest };
}

async function withinIndex(
  manager: EntityManager,
  rule: string | undefined,
  subject: string | undefined,
  event: string | undefined,
): Promise<Filter | undefined> {
  if (event !== undefined) {
    return equalTo<RuleFiringEntity>({ eventKey: event, rule, subject });
  }
  if (subject === undefined || rule !== undefined) {
    return equalTo<RuleFiringEntity>({ rule, subject });
  }
  const rules = await leadingValues(manager, RuleFiringEntity, 'rule');
  return (query) => {
    if (rules.length === 0) query.andWhere('1 = 0');
    else query.andWhere('row.rule IN (:...rules) AND row.subject = :subject', { rules, subject });
  };
}

/** Along the index of such jobs. */
async function byJobs(
  manager: EntityManager,
  state: JobState,
  { rule, tenant }: RuleFiringFilter,
  page: PageOptions,
): Promise<Page<RuleFiringView>> {
  const name = rule === undefined ? {} : { name: handlerNameOf(rule) };
  const { items: jobs, ...rest } = await readJobs(
    manager,
    { state, kind: FIRING_JOB, ...name },
    page,
  );
  const rows = await manager.findBy(RuleFiringEntity, {
    id: In(jobs.map(({ ref }) => ref)),
    ...(tenant === undefined ? {} : { tenant }),
  });
  const views = await toViews(manager, rows, jobs);
  const byId = new Map(views.map((view) => [view.id, view]));
  return { items: jobs.flatMap(({ ref }) => byId.get(ref) ?? []), ...rest };
}

async function toViews(
  manager: EntityManager,
  rows: readonly RuleFiringEntity[],
  known?: readonly FiringJob[],
): Promise<RuleFiringView[]> {
  if (rows.length === 0) return [];
  const jobs =
    known ??
    (await manager.find(JobEntity, {
      select: { id: true, ref: true, state: true, lastError: true },
      where: { ref: In(rows.map(({ id }) => id)), kind: FIRING_JOB },
    }));
  const byRef = new Map(jobs.map((job) => [job.ref, job]));
  const ids = rows.flatMap((row) => notifiedOf(row).map(({ id }) => id));
  const sent = ids.length === 0 ? [] : await sentNotifications(manager, ids);
  const byId = new Map(sent.map((one) => [one.id, one]));
  return rows.map((row) => toRuleFiringView(row, byRef.get(row.id), byId));
}

function sentNotifications(
  manager: EntityManager,
  ids: readonly string[],
): Promise<Pick<NotificationEntity, 'id' | 'channel' | 'sentAt'>[]> {
  return manager.find(NotificationEntity, {
    select: { id: true, channel: true, sentAt: true },
    where: { id: In([...new Set(ids)]) },
  });
}
