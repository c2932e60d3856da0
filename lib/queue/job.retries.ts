import {
  And,
  In,
  IsNull,
  LessThanOrEqual,
  MoreThan,
  Not,
  type EntityManager,
  type FindOptionsWhere,
  type UpdateQueryBuilder,
} from 'typeorm';
import type { SqlDatabase } from '../database/sql-database.js';
import { AttemptEntity } from './attempt.entity.js';
import { JobEntity } from './job.entity.js';
import type { QueueEngine } from './queue.engine.js';
import { ofLastError } from './last-error.js';

/** How many attempts are looked at in one transaction. */
const BATCH = 500;

/** The states of jobs that can be retried by hand. */
export const RETRYABLE_BY_HAND = ['discarded', 'cancelled', 'retryable'] as const;

/**
 * Which failed jobs to retry.
 *
 * @publicApi
 */
export interface RetryFilter {
  /** Their last error has this key, as in {@link JobView} and {@link ErrorGroup}. */
  readonly errorKey: string;
  /** Name of the handler, rule or channel. @default all */
  readonly name?: string;
  /** `handler` or `notification`. @default all */
  readonly kind?: string;
  /** @default 'discarded' */
  readonly state?: (typeof RETRYABLE_BY_HAND)[number];
}

/** What makes a job begin again. In a lane, others may run now: its place is found when it is claimed. */
function again(
  now: number,
): Pick<JobEntity, 'state' | 'dueAt' | 'share' | 'finishedAt' | 'attempt' | 'headsLane'> {
  return {
    state: 'available',
    dueAt: now,
    share: null,
    finishedAt: null,
    attempt: 0,
    headsLane: false,
  };
}

/**
 * Retries jobs, inside of a transaction.
 *
 * @param where their states among the conditions
 * @returns how many jobs
 * @internal
 */
export async function retryWithin(
  manager: EntityManager,
  engine: QueueEngine,
  now: number,
  where: FindOptionsWhere<JobEntity>,
  further?: (query: UpdateQueryBuilder<JobEntity>) => void,
): Promise<number> {
  const inLanes = await lanesOf(manager, where);
  const query = manager.createQueryBuilder().update(JobEntity).set(again(now)).where(where);
  further?.(query);
  const { affected } = await query.execute();
  await engine.enterLanes(manager, inLanes);
  return affected ?? 0;
}

/** The jobs that have a lane. @internal */
export function lanesOf(
  manager: EntityManager,
  where: FindOptionsWhere<JobEntity>,
): Promise<Pick<JobEntity, 'id' | 'lane'>[]> {
  return manager.find(JobEntity, {
    select: { id: true, lane: true },
    where: { ...where, lane: Not(IsNull()) },
  });
}

/**
 * Retries jobs with the same last error, batch by batch along the index of its attempts. Attempts that end
 * meanwhile are not looked at: a job that fails again is not retried again.
 *
 * @param now in milliseconds since the epoch
 * @returns how many jobs
 * @internal
 */
export async function retryByError(
  database: SqlDatabase,
  engine: QueueEngine,
  now: number,
  { errorKey, name, kind, state = 'discarded' }: RetryFilter,
): Promise<number> {
  const newest = await database.onWriter((manager) =>
    manager.findOne(AttemptEntity, {
      select: { id: true },
      where: { errorKey },
      order: { id: 'DESC' },
    }),
  );
  if (newest === null) return 0;
  const upTo = LessThanOrEqual(newest.id);
  const jobs = { state, ...(name !== undefined && { name }), ...(kind !== undefined && { kind }) };

  const retryBatch = async (manager: EntityManager, after: string | undefined) => {
    const attempts = await manager.find(AttemptEntity, {
      select: { id: true, jobId: true },
      where: { errorKey, id: after === undefined ? upTo : And(MoreThan(after), upTo) },
      order: { id: 'ASC' },
      take: BATCH,
    });
    if (attempts.length === 0) return { count: 0, last: undefined };
    const lastId = ofLastError(manager, 'id', `${database.table(JobEntity)}.id`);
    const where = { ...jobs, id: In(attempts.map(({ jobId }) => jobId)) };
    const count = await retryWithin(manager, engine, now, where, (query) => {
      query.andWhere(`${lastId} IN (:...attempts)`, { attempts: attempts.map(({ id }) => id) });
    });
    const last = attempts.length === BATCH ? attempts.at(-1)?.id : undefined;
    return { count, last };
  };

  let retried = 0;
  let after: string | undefined;
  do {
    const from = after;
    const { count, last } = await database.managed((manager) => retryBatch(manager, from));
    retried += count;
    after = last;
  } while (after !== undefined);
  return retried;
}
