import type { Row, Steps } from '../../../../database/statement.js';

/** A job and its lane. */
export interface InLane {
  readonly id: string;
  readonly lane: string;
}

/** A job that wants to be the head of its lane, and the lease under which it would run. */
export interface Candidate extends InLane {
  readonly lease: number;
  /** In which line it stands once it is the head. */
  readonly share: number;
}

/** A job that moves into another lane, or out of any. */
export interface Moved {
  readonly id: string;
  readonly lane: string | null;
  readonly holdsLane: boolean;
}

/** A lane as it is while its row is locked. */
export interface LockedLane {
  readonly lane: string;
  /** The job that may run. */
  readonly head: string;
  /** The first open job of those that wait. */
  readonly first: string | undefined;
  /** Whether jobs wait, or have ended while they did. */
  readonly hasWaiting: boolean;
}

/** Whose transaction it is: a host's may have begun long ago, and read what there was then. */
export type LaneTransaction = 'own' | "host's";

/** Nothing waits: for the many commits without a lane. */
const NONE: ReadonlySet<string> = new Set();

/**
 * Decides which job of a lane may run. A lane with an open job has a row that names its head; whoever makes
 * another job the head locks that row, so that a lane never has two heads, and never none while jobs wait.
 * Jobs behind the head are in the table of waiting jobs, and have a due time that no claim looks for.
 *
 * Jobs that a host adds in its own transaction lock nothing, as that transaction may be long: they enter the
 * lane as due, and the process that claims them gives them their place.
 *
 * @internal
 */
export abstract class LaneDialect {
  /** Adds new jobs to those that wait, without a look at the head. */
  abstract enter(jobs: readonly InLane[]): Steps<void>;

  /** Moves jobs that no process has leased. */
  abstract move(jobs: readonly Moved[]): Steps<void>;

  /**
   * Makes the jobs heads of their lanes, or lets them wait behind the heads that are there.
   *
   * @param jobs stored in this transaction, or leased to this process
   * @param now when a waiting job that is the head instead is due
   * @returns ids of the jobs that wait; their leases have ended
   */
  *seat(jobs: readonly Candidate[], now: number): Steps<ReadonlySet<string>> {
    if (jobs.length === 0) return NONE;
    const firsts = firstOfEach(jobs);
    yield* this.take(firsts);
    const lanes = new Map((yield* this.look(firsts, 'own')).map((one) => [one.lane, one]));
    const seated: InLane[] = [];
    const waited: InLane[] = [];
    const instead: InLane[] = [];
    for (const one of firsts) {
      const { head = one.id, first } = lanes.get(one.lane) ?? {};
      if (head !== one.id) continue;
      if (first !== undefined && first < one.id) instead.push({ lane: one.lane, id: first });
      else seated.push(one);
      if (first === one.id) waited.push(one);
    }
    const heads = new Set(seated.map(({ id }) => id));
    const behind = jobs.filter(({ id }) => !heads.has(id));
    if (behind.length > 0) yield* this.holdBack(behind);
    if (instead.length > 0) yield* this.handOver(instead, now);
    if (waited.length > 0) yield* this.stopWaiting(waited);
    if (seated.length > 0) yield* this.mark(seated);
    return behind.length === 0 ? NONE : new Set(behind.map(({ id }) => id));
  }

  /**
   * Makes the next jobs of the lanes their heads, and forgets jobs that waited.
   *
   * @param ended jobs that have ended, or have left their lane
   * @returns the lines of the jobs that have become heads, and are due
   */
  *leave(
    ended: readonly InLane[],
    now: number,
    transaction: LaneTransaction = 'own',
  ): Steps<readonly number[]> {
    if (ended.length === 0) return [];
    const ids = new Set(ended.map(({ id }) => id));
    const firsts = firstOfEach(ended);
    yield* this.lock(firsts);
    const heads = new Set<string>();
    const empty: LockedLane[] = [];
    const next: InLane[] = [];
    for (const one of yield* this.look(firsts, transaction)) {
      const { lane, head, first } = one;
      if (!ids.has(head)) continue;
      heads.add(head);
      if (first === undefined) empty.push(one);
      else next.push({ lane, id: first });
    }
    const others = ended.filter(({ id }) => !heads.has(id));
    if (others.length > 0) yield* this.forget(others);
    if (empty.length > 0) yield* this.drop(empty);
    return next.length === 0 ? [] : yield* this.handOver(next, now);
  }

  /** Deletes the rows of lanes without an open job, and what is left of jobs that somebody ended by hand. */
  private *drop(lanes: readonly LockedLane[]): Steps<void> {
    const waitedIn = lanes.flatMap(({ lane, hasWaiting }) => (hasWaiting ? [lane] : []));
    if (waitedIn.length > 0) {
      const ended = yield* this.endedIn(waitedIn);
      if (ended.length > 0) yield* this.stopWaiting(ended);
    }
    yield* this.dropRows(lanes.map(({ lane }) => lane));
  }

  /** Locks the rows of the lanes, those that are missing with the job as their head. */
  protected abstract take(firsts: readonly InLane[]): Steps<void>;

  /** Locks the rows of the lanes that are there. */
  protected abstract lock(lanes: readonly InLane[]): Steps<void>;

  /** The state of the lanes, as it is after the lock. */
  protected abstract look(
    lanes: readonly InLane[],
    transaction: LaneTransaction,
  ): Steps<LockedLane[]>;

  /** Deletes the rows of the lanes. */
  protected abstract dropRows(lanes: readonly string[]): Steps<void>;

  /**
   * The jobs that ended while they waited in the lanes. Others may be added at the same time, by transactions
   * that lock no lane.
   */
  protected abstract endedIn(lanes: readonly string[]): Steps<InLane[]>;

  /** Takes those of the jobs from the waiting ones that have ended: one may have been retried by hand. */
  protected abstract forget(jobs: readonly InLane[]): Steps<void>;

  /** Ends the leases of jobs, which wait from now on. */
  protected abstract holdBack(jobs: readonly Candidate[]): Steps<void>;

  /** Makes waiting jobs the heads of their lanes, and due; returns the lines in which they stand. */
  protected abstract handOver(next: readonly InLane[], now: number): Steps<number[]>;

  /** Takes jobs from those that wait. */
  protected abstract stopWaiting(jobs: readonly InLane[]): Steps<void>;

  /** Notes that jobs are heads. */
  protected abstract mark(heads: readonly InLane[]): Steps<void>;
}

/** Converts a row, on any database. */
export function toLockedLane(row: Row): LockedLane {
  const first = row['first_waiting'];
  return {
    lane: String(row['lane']),
    head: String(row['head']),
    first: typeof first === 'string' ? first : undefined,
    hasWaiting: typeof row['any_waiting'] === 'string',
  };
}

/** The lines in which jobs stand; those that are leased stand in none. */
export function sharesOf(rows: readonly Row[]): number[] {
  return rows.flatMap(({ share }) => (share === null ? [] : [Number(share)]));
}

/** Converts a row, on any database. */
export function toInLane(row: Row): InLane {
  return { lane: String(row['lane']), id: String(row['job_id']) };
}

/** In the order in which rows of lanes are locked, so that two transactions do not wait for each other. */
function byLane(a: InLane, b: InLane): number {
  return a.lane < b.lane ? -1 : a.lane > b.lane ? 1 : 0;
}

/** The job with the smallest id of each lane. */
function firstOfEach(jobs: readonly InLane[]): InLane[] {
  const firsts = new Map<string, InLane>();
  for (const { lane, id } of jobs) {
    const before = firsts.get(lane);
    if (before === undefined || id < before.id) firsts.set(lane, { lane, id });
  }
  return [...firsts.values()].toSorted(byLane);
}
