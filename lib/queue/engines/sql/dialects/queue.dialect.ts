import type { Row, Steps } from '../../../../database/statement.js';
import {
  FIRST_LEASE,
  type ClaimedJob,
  type JobRow,
  type JobTransition,
  type LeasedJob,
} from '../../../job.js';
import type { Candidate, InLane, LaneDialect } from './lane.dialect.js';

/** A process that takes jobs. */
export interface Taker {
  readonly now: number;
  readonly leaseUntil: number;
  readonly leasedBy: string;
}

/** A claim of due jobs by a process. */
export interface Claim extends Taker {
  /** The lines to take jobs from. */
  readonly shares: readonly number[];
  /** Most jobs of each line; see {@link QueueDialect.claimSize}. */
  readonly each: number;
}

/** A claim of jobs that stand in no line. */
export interface UnsharedClaim extends Taker {
  /** Most jobs; see {@link QueueDialect.claimSize}. */
  readonly limit: number;
  /** Kinds of jobs that are left to other processes. */
  readonly except?: readonly string[];
}

/** A claim of one suspect by a process. */
export type Rescue = Omit<UnsharedClaim, 'limit'>;

/** A line with open jobs, and when they are due. */
export interface OpenShare {
  /** `null` for the jobs that stand in none. */
  readonly share: number | null;
  /** When the first of them is due, in milliseconds since the epoch; `Infinity` for none. */
  readonly dueAt: number;
  /** The same for the first of those that are not due yet. */
  readonly nextAt: number;
}

/**
 * SQL for the number of a suspect's attempt. Its first lost lease ran out together with others, and counts
 * only after the job has lost a second one while it ran by itself: until then it may be innocent.
 */
export const SUSPECT_ATTEMPT = 'attempt + CASE lost_leases WHEN 2 THEN 2 ELSE 1 END';

/** What the end of leases has changed. */
export interface EndedJobs {
  /** Ids of the jobs that were changed. */
  readonly changed: ReadonlySet<string>;
  /** The lines in which other jobs became due. */
  readonly due: readonly number[];
}

/** No job became due. */
const NONE: readonly number[] = [];

/** The line in which a job stands after a change of its state; `null` once nothing waits for it there. */
export function lineAfter({ dueAt, share }: JobTransition): number | null {
  return dueAt === null ? null : share;
}

/** Whether a new job is leased and has no lane, as nearly all: its insert needs few columns. */
export function isPlain({ state, lane }: JobRow): boolean {
  return state === 'running' && lane === null;
}

/** Whether an attempt does no more than complete its job, as nearly all: its update needs few columns. */
export function completes({ state, error }: JobTransition): boolean {
  return state === 'completed' && error === null;
}

/** The line in which a new job stands: one that is leased at once waits in none, and in none of their indexes. */
export function lineOf({ state, share }: JobRow): number | null {
  return state === 'running' ? null : share;
}

/** Reads a row of {@link QueueDialect.look}. */
export function toOpenShare(row: Row): OpenShare {
  const { share, due_at: dueAt, next_at: nextAt } = row;
  return {
    share: share === null ? null : Number(share),
    dueAt: dueAt === null ? Infinity : Number(dueAt),
    nextAt: nextAt === null ? Infinity : Number(nextAt),
  };
}

/**
 * All SQL of the queue, one method for each statement.
 *
 * @internal
 */
export abstract class QueueDialect {
  constructor(readonly lanes: LaneDialect) {}

  /** Adds jobs, in the transaction that stores their events or notifications. */
  abstract insert(jobs: readonly JobRow[]): Steps<void>;

  /** Adds jobs in a transaction that may be long: those with a lane lock nothing, and enter it as due. */
  *insertWithin(jobs: readonly JobRow[]): Steps<void> {
    yield* this.insert(jobs);
    const inLanes = jobs.flatMap(({ id, lane }) => (lane === null ? [] : [{ id, lane }]));
    if (inLanes.length > 0) yield* this.lanes.enter(inLanes);
  }

  /**
   * Gives jobs that were inserted in this transaction, which is short, their places in their lanes.
   *
   * @returns ids of the jobs that wait for others, and are not leased
   */
  seat(jobs: readonly JobRow[]): Steps<ReadonlySet<string>> {
    const candidates: Candidate[] = [];
    for (const { id, lane, share } of jobs) {
      if (lane !== null) candidates.push({ id, lane, share, lease: FIRST_LEASE });
    }
    return this.lanes.seat(candidates, jobs[0]?.createdAt ?? 0);
  }

  /**
   * Ends leases as {@link transition} does, and lets the next jobs of their lanes run.
   *
   * @param now when those are due
   */
  *end(transitions: readonly JobTransition[], now: number): Steps<EndedJobs> {
    const changed = yield* this.transition(transitions);
    const left: InLane[] = [];
    const moved: JobTransition[] = [];
    for (const one of transitions) {
      if (!changesLane(one) || !changed.has(one.id)) continue;
      if (one.leavesLane !== null) left.push({ id: one.id, lane: one.leavesLane });
      if (one.state === 'available') moved.push(one);
    }
    if (left.length === 0 && moved.length === 0) return { changed, due: NONE };
    const due = yield* this.lanes.leave(left, now);
    yield* this.move(moved);
    return { changed, due: [...due, ...moved.map(({ share }) => share)] };
  }

  /** The lines that have open jobs. It reads a few entries of an index for each line. */
  abstract look(now: number): Steps<OpenShare[]>;

  /**
   * Leases due jobs of some lines, the oldest of each. A running job whose lease ran out is due as well, and
   * marked as lost: its process may have died of it. No two processes get the same job. A claim does not count
   * an attempt yet.
   */
  abstract claim(claim: Claim): Steps<ClaimedJob[]>;

  /**
   * The same for jobs that stand in no line: they were leased when they were added, and their process has died;
   * or somebody retries them by hand.
   */
  abstract claimUnshared(claim: UnsharedClaim): Steps<ClaimedJob[]>;

  /**
   * Whether a claim may pass over due jobs that nobody has claimed, because another claim has locked what is
   * beside its own jobs.
   */
  readonly passesOverNeighbours: boolean = false;

  /**
   * How many jobs one claim takes if there is room for so many.
   *
   * @param room 1 or more
   */
  claimSize(room: number): number {
    return room;
  }

  /** Whether there is a suspect that may be run. */
  abstract hasSuspect(now: number, except?: readonly string[]): Steps<boolean>;

  /** Leases the suspect that has waited longest, and counts its attempt, which begins at once. */
  abstract claimSuspect(rescue: Rescue): Steps<LeasedJob | undefined>;

  /**
   * Ends leases. A transition whose lease was lost meanwhile does nothing (fencing): a late attempt cannot
   * overwrite the outcome.
   *
   * @returns ids of the jobs that were changed
   */
  abstract transition(transitions: readonly JobTransition[]): Steps<Set<string>>;

  private *move(moved: readonly JobTransition[]): Steps<void> {
    if (moved.length === 0) return;
    const lanes = moved.map(({ id, entersLane }) => ({
      id,
      lane: entersLane?.name ?? null,
      holdsLane: entersLane?.whenHeadFails === 'hold',
    }));
    yield* this.lanes.move(lanes);
    const entered = lanes.flatMap(({ id, lane }) => (lane === null ? [] : [{ id, lane }]));
    if (entered.length > 0) yield* this.lanes.enter(entered);
  }

  /**
   * Extends leases.
   *
   * @returns ids of the jobs that are still leased to that process
   */
  abstract renew(
    jobs: readonly LeasedJob[],
    leasedBy: string,
    leaseUntil: number,
  ): Steps<Set<string>>;
}

/** Whether statements of lanes follow the transition. */
export function changesLane({ leavesLane, entersLane }: JobTransition): boolean {
  return leavesLane !== null || entersLane !== undefined;
}
