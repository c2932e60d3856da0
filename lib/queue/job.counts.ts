import { IsNull, Not, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { JobEntity } from './job.entity.js';
import { PAUSED_FROM } from './job.js';

/**
 * How many jobs have not completed.
 *
 * @publicApi
 */
export interface QueueCounts {
  /** Due, and waiting for a process with room. */
  readonly available: number;
  /** Set for later and not due yet, such as timers. */
  readonly scheduled: number;
  /** Leased by a process. */
  readonly running: number;
  /** Failed or postponed, and due later. */
  readonly retryable: number;
  /** Attempts used up, or given up (dead letters). */
  readonly discarded: number;
  /** Whether counting stopped at the limit: then the numbers are lower bounds. */
  readonly atLeast: boolean;
}

type CountedState = 'available' | 'running' | 'retryable' | 'discarded';

/** Parts of the table that an index covers, as conditions and columns of `row`, and how available jobs count. */
const PARTS = [
  ['row.share IS NOT NULL AND row.dueAt <= :now', 'row.dueAt', 'available'],
  [
    `row.share IS NOT NULL AND row.dueAt > :now AND row.dueAt < ${PAUSED_FROM}`,
    'row.dueAt',
    'scheduled',
  ],
  [`row.share IS NOT NULL AND row.dueAt >= ${PAUSED_FROM}`, 'row.dueAt', 'available'],
  ['row.share IS NULL AND row.dueAt IS NOT NULL', 'row.dueAt', 'available'],
  // The value is part of the text, so that PostgreSQL uses the partial index.
  ["row.state = 'discarded'", 'row.finishedAt', 'available'],
] as const;

/**
 * Counts by the indexes of live and discarded jobs, each up to a limit.
 *
 * @param now the database's time, in milliseconds since the epoch
 * @param upTo most jobs to count in each part: waiting and due, waiting and due later, leased, and discarded
 * @internal
 */
export async function countJobs(
  manager: EntityManager,
  now: number,
  upTo: number,
): Promise<QueueCounts> {
  const counts = { available: 0, scheduled: 0, running: 0, retryable: 0, discarded: 0 };
  let atLeast = false;
  for (const [which, order, available] of PARTS) {
    const jobs = manager
      .createQueryBuilder(JobEntity, 'row')
      .select('row.state', 'state')
      .where(which, { now })
      .orderBy(order)
      .limit(upTo);
    let looked = 0;
    for (const { state, count } of await byState(manager, jobs)) {
      counts[state === 'available' ? available : state] += Number(count);
      looked += Number(count);
    }
    atLeast ||= looked === upTo;
  }
  counts.available += await manager.countBy(JobEntity, { rescueAt: Not(IsNull()) });
  return { ...counts, atLeast };
}

function byState(
  manager: EntityManager,
  jobs: SelectQueryBuilder<JobEntity>,
): Promise<{ state: CountedState; count: string | number }[]> {
  return manager
    .createQueryBuilder()
    .select('job.state', 'state')
    .addSelect('COUNT(*)', 'count')
    .from(`(${jobs.getQuery()})`, 'job')
    .setParameters(jobs.getParameters())
    .groupBy('job.state')
    .getRawMany();
}
