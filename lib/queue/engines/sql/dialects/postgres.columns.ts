import { PostgresColumns } from '../../../../database/postgres/postgres-columns.js';
import { isPlain, lineAfter, lineOf } from './queue.dialect.js';
import type { JobRow, JobTransition, LeasedJob } from '../../../job.js';

/** The columns of a new job; most jobs need only {@link PLAIN_JOB}. */
export const NEW_JOB = new PostgresColumns<JobRow>({
  id: ['uuid', (job) => job.id],
  kind: ['text', (job) => job.kind],
  name: ['text', (job) => job.name],
  ref: ['uuid', (job) => job.ref],
  state: ['text', (job) => job.state],
  due_at: ['bigint', (job) => job.dueAt],
  attempt: ['integer', () => 0],
  max_attempts: ['integer', (job) => job.maxAttempts],
  bytes: ['integer', (job) => job.bytes],
  leased_by: ['text', (job) => job.leasedBy],
  created_at: ['bigint', (job) => job.createdAt],
  share: ['integer', lineOf],
  lane: ['text', (job) => job.lane],
  holds_lane: ['boolean', (job) => Number(job.holdsLane)],
});

/** The columns of a new job that is leased and has no lane. */
export const PLAIN_JOB = NEW_JOB.without('share', 'lane', 'holds_lane');

export const ENDED = new PostgresColumns<JobTransition>({
  id: ['uuid', (transition) => transition.id],
  lease: ['integer', (transition) => transition.lease],
  leased_by: ['text', (transition) => transition.leasedBy],
  state: ['text', (transition) => transition.state],
  due_at: ['bigint', (transition) => transition.dueAt],
  rescue_at: ['bigint', (transition) => transition.rescueAt],
  attempt: ['integer', (transition) => transition.attempt],
  lost_leases: ['integer', (transition) => transition.lostLeases],
  error: ['text', (transition) => transition.error],
  finished_at: ['bigint', (transition) => transition.finishedAt],
  share: ['integer', lineAfter],
});

export const COMPLETED = ENDED.only('id', 'lease', 'attempt', 'finished_at');

/** The columns that a claim returns, besides the attempt. */
export const CLAIMED = [
  'id',
  'kind',
  'name',
  'ref',
  'bytes',
  'lease',
  'max_attempts',
  'lost_leases',
  'share',
  'lane',
  'heads_lane',
  'holds_lane',
]
  .map((column) => `job.${column}`)
  .join(', ');

export const LEASE = new PostgresColumns<LeasedJob>({
  id: ['uuid', (job) => job.id],
  lease: ['integer', (job) => job.lease],
});

export const SHARE = new PostgresColumns<number>({ share: ['integer', (share) => share] });

/** Whether the new jobs need no more columns than {@link PLAIN_JOB}. */
export function arePlain(jobs: readonly JobRow[]): boolean {
  return jobs.every(isPlain);
}

/** Whether one of the new jobs has a lane. */
export function hasLanes(jobs: readonly JobRow[]): boolean {
  return jobs.some(({ lane }) => lane !== null);
}
