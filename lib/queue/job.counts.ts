import { IsNull, Not, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { JobEntity } from './job.entity.js';

/**
 * How many jobs have not completed.
 *
 * @publicApi
 */
export interface QueueCounts {
  /** Due, and waiting for a process with room. */
  readonly available: number;
  /** Leased by a process. */
  readonly running: number;
  /** Failed, or postponed, and due later. */
  readonly retryable: number;
  /** Given up. */
  readonly discarded: number;
  /** Whether there are more jobs than were counted: then the numbers are the least that there are. */
  readonly atLeast: boolean;
}

type LiveState = 'available' | 'running' | 'retryable';

/**
 * Counts by the indexes of live and discarded jobs, each up to a limit.
 *
 * @param now the database's time, in milliseconds since the epoch
 * @param upTo most jobs to look at: of those that are due, of those that are due later or leased, and of
 * those that are discarded
 * @internal
 */
export async function countJobs(
  manager: EntityManager,
  now: number,
  upTo: number,
): Promise<QueueCounts> {
  const counts = { available: 0, running: 0, retryable: 0 };
  let atLeast = false;
  for (const which of ['row.dueAt <= :now', 'row.dueAt > :now']) {
    const jobs = first(manager, upTo)
      .select('row.state', 'state')
      .where(which, { now })
      .orderBy('row.dueAt');
    const rows = await grouped(manager, jobs);
    for (const { state, count } of rows) counts[state] += Number(count);
    atLeast ||= rows.reduce((sum, { count }) => sum + Number(count), 0) === upTo;
  }
  // With the value in the text: PostgreSQL finds the partial index by it.
  const discarded = await countOf(manager, first(manager, upTo).where("row.state = 'discarded'"));
  counts.available += await manager.countBy(JobEntity, { rescueAt: Not(IsNull()) });
  return { ...counts, discarded, atLeast: atLeast || discarded === upTo };
}

function first(manager: EntityManager, upTo: number): SelectQueryBuilder<JobEntity> {
  return manager.createQueryBuilder(JobEntity, 'row').select('row.id', 'id').limit(upTo);
}

function grouped(
  manager: EntityManager,
  jobs: SelectQueryBuilder<JobEntity>,
): Promise<{ state: LiveState; count: string | number }[]> {
  return manager
    .createQueryBuilder()
    .select('job.state', 'state')
    .addSelect('COUNT(*)', 'count')
    .from(`(${jobs.getQuery()})`, 'job')
    .setParameters(jobs.getParameters())
    .groupBy('job.state')
    .getRawMany();
}

async function countOf(
  manager: EntityManager,
  jobs: SelectQueryBuilder<JobEntity>,
): Promise<number> {
  const row = await manager
    .createQueryBuilder()
    .select('COUNT(*)', 'count')
    .from(`(${jobs.getQuery()})`, 'job')
    .getRawOne<{ count: string | number }>();
  return Number(row?.count ?? 0);
}
