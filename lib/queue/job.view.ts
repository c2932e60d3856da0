import type { JobEntity } from './job.entity.js';
import type { JobState } from './job.js';

/**
 * A job as it is listed.
 *
 * @publicApi
 */
export interface JobView {
  readonly id: string;
  /** `handler` or `notification`. */
  readonly kind: string;
  /** Name of the handler, rule or channel. */
  readonly name: string;
  /** Key of the event, or id of the notification. */
  readonly ref: string;
  readonly state: JobState;
  /** When it is due, or, while it runs, when its lease runs out; `null` once it has ended. */
  readonly dueAt: Date | null;
  /** Attempts that have started. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The process that runs it. */
  readonly leasedBy: string | null;
  /** Why the last failed attempt failed. */
  readonly lastError: string | null;
  readonly createdAt: Date;
  /** When it completed, was discarded or was cancelled. */
  readonly finishedAt: Date | null;
}

/** What a view is made of. */
export const VIEWED_COLUMNS = [
  'id',
  'kind',
  'name',
  'ref',
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
export function toJobView(row: JobEntity): JobView {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ref: row.ref,
    state: row.state,
    // A job whose lease ran out has the other column: it is run by itself.
    dueAt: toDate(row.dueAt ?? row.rescueAt),
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    leasedBy: row.leasedBy,
    lastError: row.lastError,
    createdAt: new Date(row.createdAt),
    finishedAt: toDate(row.finishedAt),
  };
}

function toDate(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
