import { In, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { AttemptEntity } from './attempt.entity.js';
import { JobEntity } from './job.entity.js';
import type { JobView } from './job.view.js';

/**
 * SQL for a column of the last attempt of a job that has an error: one step along the index of the job's
 * attempts.
 *
 * @param jobId the column with the job's id, in SQL or as a property of an alias
 * @internal
 */
export function ofLastError(
  manager: EntityManager,
  column: 'id' | 'errorKey',
  jobId: string,
): string {
  const query = manager
    .createQueryBuilder()
    .subQuery()
    .select(`last_attempt.${column}`)
    .from(AttemptEntity, 'last_attempt')
    .where(`last_attempt.jobId = ${jobId} AND last_attempt.errorKey IS NOT NULL`)
    .orderBy('last_attempt.id', 'DESC')
    .limit(1);
  return query.getQuery();
}

/**
 * Restricts a query of jobs, with the alias `row`, to those whose last error has this key.
 *
 * @internal
 */
export function lastErrorIs(
  manager: EntityManager,
  key: string,
): (query: SelectQueryBuilder<JobEntity>) => void {
  return (query) =>
    query.andWhere(`${ofLastError(manager, 'errorKey', 'row.id')} = :lastErrorKey`, {
      lastErrorKey: key,
    });
}

/**
 * Adds the keys of their last errors to jobs, in one statement for those that have failed.
 *
 * @internal
 */
export async function withErrorKeys(
  manager: EntityManager,
  jobs: readonly JobView[],
): Promise<JobView[]> {
  const failed = jobs.filter(({ lastError }) => lastError !== null);
  if (failed.length === 0) return [...jobs];
  const rows = await manager
    .createQueryBuilder(JobEntity, 'row')
    .select('row.id', 'id')
    .addSelect(ofLastError(manager, 'errorKey', 'row.id'), 'error_key')
    .where({ id: In(failed.map(({ id }) => id)) })
    .getRawMany<{ id: string; error_key: string | null }>();
  const keys = new Map(rows.map((row) => [row.id, row.error_key]));
  return jobs.map((job) => ({ ...job, errorKey: keys.get(job.id) ?? null }));
}
