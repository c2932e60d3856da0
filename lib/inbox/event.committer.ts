import { Inject, Injectable } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import type { Steps } from '../database/statement.js';
import { GroupCommit } from '../queue/engines/sql/group-commit.js';
import type { StagedJobs } from '../queue/queue.engine.js';
import { AcceptTimeoutError } from './accept-timeout.error.js';
import { EventDialect, type Inserted } from './dialects/event.dialect.js';
import type { EventEntity } from './event.entity.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';

/** The rows that are committed for one event. */
export interface StagedEvent {
  readonly row: EventEntity;
  readonly jobs: StagedJobs;
}

/** The events of one request: all of them commit, or none. */
type StagedRequest = readonly StagedEvent[];

/**
 * Most bytes of bodies in one commit. A few hundred of the largest would exceed the limit of a statement, and
 * the whole group would fail each time that its senders repeat it.
 */
const MAX_GROUP_BYTES = 16 * 1024 * 1024;

/** All requests were too late. */
const NOTHING: Inserted = { keys: new Set(), waiting: new Set() };

/** Large bodies must not fill the memory before their number reaches the limit. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/**
 * Commits events and their jobs: requests that arrive at the same time share a transaction.
 *
 * @internal
 */
@Injectable()
export class EventCommitter {
  /** Tells each caller which events of a group were new. */
  private readonly group: GroupCommit<StagedRequest, ReadonlySet<string>>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: EventDialect,
    @Inject(INBOX_OPTIONS.token) options: ResolvedInboxOptions,
  ) {
    this.group = new GroupCommit({
      commit: (requests, timely) => this.commitGroup(requests, timely),
      sizeOf: (events) => events.length,
      isItemError: (error) => database.isValueError(error),
      maxGroup: options.maxGroup,
      bytesOf: (events) => events.reduce((bytes, { row }) => bytes + row.body.length, 0),
      maxGroupBytes: MAX_GROUP_BYTES,
      lanes: database.lanes,
      maxWaiting: options.maxWaiting,
      maxWaitingBytes: MAX_WAITING_BYTES,
      timeLimit: {
        ms: options.acceptTimeoutMs,
        error: () => new AcceptTimeoutError(options.acceptTimeoutMs),
      },
      settled: abandonRepeated,
    });
  }

  /**
   * Commits the events of one request, all or none of them.
   *
   * @returns the keys of the events that were new, of this request and of those that shared its transaction
   * @throws the database's error; {@link OverloadedError}; {@link AcceptTimeoutError}
   */
  commit(events: StagedRequest): Promise<ReadonlySet<string>> {
    return this.group.add(events);
  }

  /** Resolves when no event waits for its commit. */
  idle(): Promise<void> {
    return this.group.idle();
  }

  private async commitGroup(
    requests: readonly StagedRequest[],
    timely: () => readonly StagedRequest[],
  ): Promise<ReadonlySet<string>[]> {
    let ordered: StagedRequest = [];
    const { keys, waiting } = await this.database.transaction(() => {
      // While the transaction waited for a lock, some requests may have got the answer 503. Two processes
      // that insert the same ids in different order would wait for each other.
      ordered = timely().flat().toSorted(byIdentity);
      return this.insert(ordered);
    });
    for (const { row, jobs } of ordered) if (keys.has(row.key)) jobs.committed(waiting);
    return requests.map(() => keys);
  }

  private *insert(events: StagedRequest): Steps<Inserted> {
    const rows = events.map(({ row }) => row);
    const jobs = events.flatMap((event) => event.jobs.rows);
    return rows.length === 0 ? NOTHING : yield* this.dialect.insertWithJobs(rows, jobs);
  }
}

/** Abandons the jobs of events that were not committed, or were duplicates. */
function abandonRepeated(events: StagedRequest, inserted?: ReadonlySet<string>): void {
  for (const { row, jobs } of events) {
    if (inserted?.has(row.key) !== true) jobs.abandoned();
  }
}

function byIdentity(a: StagedEvent, b: StagedEvent): number {
  return (
    compare(a.row.source, b.row.source) ||
    compare(a.row.tenant, b.row.tenant) ||
    compare(a.row.id, b.row.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
