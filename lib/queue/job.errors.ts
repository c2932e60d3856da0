import { In, type EntityManager } from 'typeorm';
import { leadingValues } from '../database/paging/leading-values.js';
import { AttemptEntity } from './attempt.entity.js';
import { JobEntity } from './job.entity.js';
import type { JobState } from './job.js';
import { lastErrorIs } from './last-error.js';

/** Most groups that are looked for along the index of errors. */
const MOST_KEYS = 200;

/** The newest attempts, whose groups are always found, also beyond that limit. */
const NEWEST = 500;

/** Most attempts of a group that are looked at. */
const COUNTED = 1_000;

/** The states of jobs that have failed, and have neither completed nor been cancelled since. */
const FAILING: readonly JobState[] = ['available', 'running', 'retryable', 'discarded'];

/**
 * Which failing jobs to group.
 *
 * @publicApi
 */
export interface ErrorFilter {
  /** Name of the handler, rule or channel. */
  readonly name?: string;
  /** `handler` or `notification`. */
  readonly kind?: string;
}

/**
 * Failing jobs with the same last error: of the same handler, rule or channel, with the same class of error and
 * a message that differs only in numbers, ids, quoted parts and queries of URLs.
 *
 * @publicApi
 */
export interface ErrorGroup {
  /** For `QueueService.list({ errorKey })` and `retryWhere({ errorKey })`. */
  readonly errorKey: string;
  /** Kind of the jobs: `handler` or `notification`. */
  readonly kind: string;
  /** Name of the handler, rule or channel. */
  readonly name: string;
  /** How many jobs. */
  readonly count: number;
  /** Whether counting stopped at the newest 1,000 attempts of the group: then `count` is a lower bound. */
  readonly atLeast: boolean;
  /** The newest of these errors. */
  readonly lastError: string;
  /** When it happened. */
  readonly lastSeenAt: Date;
}

/**
 * Groups failing jobs by their last errors: one jump along the index for each group, and a limited number of
 * attempts in each.
 *
 * @returns the group that was seen last first
 * @internal
 */
export async function readErrors(
  manager: EntityManager,
  filter: ErrorFilter,
): Promise<ErrorGroup[]> {
  const newest = await manager.find(AttemptEntity, {
    select: { id: true, errorKey: true },
    order: { id: 'DESC' },
    take: NEWEST,
  });
  const keys = new Set([
    ...newest.flatMap(({ errorKey }) => errorKey ?? []),
    ...(await leadingValues(manager, AttemptEntity, 'errorKey', MOST_KEYS)),
  ]);
  const groups: ErrorGroup[] = [];
  for (const key of keys) {
    const group = await readGroup(manager, key, filter);
    if (group !== undefined) groups.push(group);
  }
  return groups.toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
}

async function readGroup(
  manager: EntityManager,
  errorKey: string,
  { name, kind }: ErrorFilter,
): Promise<ErrorGroup | undefined> {
  const attempts = await manager.find(AttemptEntity, {
    select: { id: true, jobId: true, endedAt: true, error: true },
    where: { errorKey },
    order: { id: 'DESC' },
    take: COUNTED,
  });
  const query = manager
    .createQueryBuilder(JobEntity, 'row')
    .select(['row.id', 'row.kind', 'row.name'])
    .where({
      id: In([...new Set(attempts.map(({ jobId }) => jobId))]),
      state: In([...FAILING]),
      ...(name !== undefined && { name }),
      ...(kind !== undefined && { kind }),
    });
  lastErrorIs(manager, errorKey)(query);
  const jobs = new Map((await query.getMany()).map((job) => [job.id, job]));
  const last = attempts.find(({ jobId }) => jobs.has(jobId));
  const job = last && jobs.get(last.jobId);
  if (last === undefined || job === undefined) return undefined;
  return {
    errorKey,
    kind: job.kind,
    name: job.name,
    count: jobs.size,
    atLeast: attempts.length === COUNTED,
    lastError: last.error ?? '',
    lastSeenAt: new Date(last.endedAt),
  };
}
