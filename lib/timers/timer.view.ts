import type { JobView } from '../queue/job.view.js';
import type { JobState } from '../queue/job.js';
import type { TimerEntity } from './timer.entity.js';

/**
 * A timer, and what became of it.
 *
 * @publicApi
 */
export interface TimerView {
  /** Also the `ref` of its job: `QueueService.retryDiscarded(id)` has a discarded one run again. */
  readonly id: string;
  readonly name: string;
  readonly key: string;
  /** When it runs, or was to run first. */
  readonly runAt: Date;
  /** When it was set or last replaced. */
  readonly setAt: Date;
  /**
   * State of its job: `available` waits for its time, `retryable` for its next attempt; `null` where the job is no
   * longer kept.
   */
  readonly state: JobState | null;
  /** How many attempts count so far. */
  readonly attempts: number;
  /** Why the last failed attempt failed. */
  readonly lastError: string | null;
}

/** What of a view is in the timer's own row. */
export const VIEWED_COLUMNS = [
  'id',
  'name',
  'key',
  'runAt',
  'setAt',
  'jobId',
] as const satisfies readonly (keyof TimerEntity)[];

/** @internal */
export function toTimerView(
  row: Pick<TimerEntity, (typeof VIEWED_COLUMNS)[number]>,
  job: Pick<JobView, 'state' | 'attempt' | 'lastError'> | undefined,
): TimerView {
  return {
    id: row.id,
    name: row.name,
    key: row.key,
    runAt: new Date(row.runAt),
    setAt: new Date(row.setAt),
    state: job?.state ?? null,
    attempts: job?.attempt ?? 0,
    lastError: job?.lastError ?? null,
  };
}
