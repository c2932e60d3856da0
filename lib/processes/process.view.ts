import { toDate } from '../database/paging/to-date.js';
import type { ProcessEntity } from './process.entity.js';
import type { ProcessRole } from './roles.option.js';

/** How often a process says that it runs. */
export const BEAT_EVERY_MS = 5_000;

/** A process that has said nothing for this long is gone: three beats of it are missing. */
export const GONE_AFTER_MS = 4 * BEAT_EVERY_MS;

/**
 * - `running`: it has said so within the last 20 seconds, whether it has work or not
 * - `stopped`: it stopped in good order
 * - `gone`: it has said nothing for 20 seconds: it was killed, sleeps, or cannot reach the database
 *
 * @publicApi
 */
export type ProcessState = 'running' | 'stopped' | 'gone';

/**
 * A process in a list.
 *
 * @publicApi
 */
export interface ProcessView {
  /** As in `leasedBy` of the jobs that it has leased. */
  readonly id: string;
  /** Name of its machine. */
  readonly host: string;
  /** Its number on that machine. */
  readonly pid: number;
  /** Version of this library. */
  readonly version: string;
  /** What it does. */
  readonly roles: readonly ProcessRole[];
  readonly state: ProcessState;
  readonly startedAt: Date;
  /** When it last said that it runs, which it does every 5 seconds. */
  readonly beatAt: Date;
  /** When it stopped in good order; `null` while it runs, and where it is gone. */
  readonly stoppedAt: Date | null;
}

/** @internal */
export function toProcessView(row: ProcessEntity, now: number): ProcessView {
  return {
    id: row.id,
    host: row.host,
    pid: row.pid,
    version: row.version,
    roles: row.roles.split(',') as ProcessRole[],
    state: stateOf(row, now),
    startedAt: new Date(row.startedAt),
    beatAt: new Date(row.beatAt),
    stoppedAt: toDate(row.stoppedAt),
  };
}

function stateOf({ beatAt, stoppedAt }: ProcessEntity, now: number): ProcessState {
  if (stoppedAt !== null) return 'stopped';
  return beatAt > now - GONE_AFTER_MS ? 'running' : 'gone';
}
