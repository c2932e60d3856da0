import { toDate } from '../database/paging/to-date.js';
import type { JobEntity } from './job.entity.js';
import { PAUSED_FROM, type JobState } from './job.js';
import type { PausesByDueTime } from './pauses/pause.reads.js';

/**
 * A job in a list.
 *
 * @publicApi
 */
export interface JobView {
  /** Id of the job, which the methods of `QueueService` take. */
  readonly id: string;
  /** `handler`, `replay`, `firing`, `notification` or `timer`. */
  readonly kind: string;
  /** Name of the handler, rule, channel or timer. */
  readonly name: string;
  /** Key of the event, or id of the firing, notification or timer. */
  readonly ref: string;
  readonly state: JobState;
  /** Name of its lane; `null` for none. */
  readonly lane: string | null;
  /**
   * When the job is due, or, while it runs, when its lease runs out; `null` once it has ended, and while it waits
   * for other jobs of its lane, or for the end of a pause.
   */
  readonly dueAt: Date | null;
  /** The pause that holds it, such as `handler:Orders.paid`; `null` for none. See `PauseService`. */
  readonly pausedBy: string | null;
  /** How many attempts count so far. */
  readonly attempt: number;
  /** How many attempts the job has before it is discarded. */
  readonly maxAttempts: number;
  /** The process that runs it. */
  readonly leasedBy: string | null;
  /** The error of the last failed attempt. */
  readonly lastError: string | null;
  /**
   * The same for errors with the same cause, for `QueueService.list({ errorKey })`; `null` if no attempt failed, or
   * only in an older version.
   */
  readonly errorKey: string | null;
  /** When the job was added. */
  readonly createdAt: Date;
  /** When it completed, was discarded or was cancelled. */
  readonly finishedAt: Date | null;
}

/** The columns that a view needs. */
export const VIEWED_COLUMNS = [
  'id',
  'kind',
  'name',
  'ref',
  'lane',
  'state',
  'dueAt',
  'rescueAt',
  'attempt',
  'maxAttempts',
  'leasedBy',
  'lastError',
  'createdAt',
  'finishedAt',
] as const satisfies readonly (keyof JobEntity)[];

/** @internal */
export function toJobView(row: JobEntity, pauses: PausesByDueTime): JobView {
  const { dueAt } = row;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ref: row.ref,
    lane: row.lane,
    state: row.state,
    // A suspect has its due time in the other column.
    dueAt: dueAt !== null && dueAt >= PAUSED_FROM ? null : toDate(dueAt ?? row.rescueAt),
    pausedBy: (dueAt === null ? undefined : pauses.get(dueAt)) ?? null,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    leasedBy: row.leasedBy,
    lastError: row.lastError,
    errorKey: null,
    createdAt: new Date(row.createdAt),
    finishedAt: toDate(row.finishedAt),
  };
}
