import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { SqlDatabase } from '../../database/sql-database.js';
import type { Row, Statement, Steps } from '../../database/statement.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { PollProgress } from '../page.reader.js';
import type { Poller } from '../poller.js';
import { PollCursorEntity } from './poll-cursor.entity.js';
import { PollCursorStatements } from './poll-cursor.statements.js';
import { changesOf, type PollEnding } from './poll-ending.js';
import {
  LEASE_COLUMNS,
  leaseAnswer,
  leaseRefusal,
  type LeaseAnswer,
  type LeaseProof,
  type LeaseRequest,
  type PollPast,
} from './poll-lease.answer.js';

/**
 * The rows that say how far pollers have read, and which process runs them. A row is locked before it is read
 * and changed, so that the second of two processes finds it as the first has left it.
 *
 * @internal
 */
@Injectable()
export class PollCursorStore {
  private readonly statements: PollCursorStatements;

  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {
    this.statements = new PollCursorStatements(database);
  }

  /**
   * Stores where a poller begins, unless a process has stored it before.
   *
   * @throws {ConfigurationError} when its stored cursor belongs to another table, or other columns
   */
  async register({ name, reader }: Poller): Promise<void> {
    const [existing] = await this.run(this.statements.select(['reads'], { name }));
    if (existing === undefined) {
      const { cursor, lookBack } = await reader.begin();
      const row = { name, reads: reader.reads, cursor, look_back: lookBack };
      await this.run(this.statements.insert(row));
      return;
    }
    if (existing['reads'] === reader.reads) return;
    throw ConfigurationError.because(
      `@Poll('${name}')`,
      `The poller '${name}' has read ${String(existing['reads'])} so far, and would now read ${reader.reads}.`,
      'Its cursor means nothing there: give it another name, or delete its row in webhook_poll_cursor.',
    );
  }

  /** Takes a poller that no process has leased. */
  take(name: string, request: LeaseRequest): Promise<LeaseAnswer> {
    const now = this.clock.now();
    const { leasedBy, leaseMs, scheduledAt } = request;
    const lock = this.statements.lock(LEASE_COLUMNS, { name });
    const takeAs = (run: number, lastTick: unknown): Statement =>
      this.statements.update(name, {
        leased_by: leasedBy,
        lease_until: now + leaseMs,
        last_started_at: now,
        run,
        last_tick: scheduledAt ?? lastTick,
      });
    return this.database.transaction(function* (): Steps<LeaseAnswer> {
      const [row] = yield lock;
      if (row === undefined) return { outcome: 'unknown' };
      const refusal = leaseRefusal(row, request, now);
      if (refusal !== undefined) return refusal;
      const run = Number(row['run']) + 1;
      yield takeAs(run, row['last_tick']);
      return leaseAnswer(row, { name, leasedBy, run });
    });
  }

  /** Stores progress and renews the lease; false when another process has it. */
  save(proof: LeaseProof, { cursor, lookBack }: PollProgress, leaseMs: number): Promise<boolean> {
    const leaseUntil = this.clock.now() + leaseMs;
    return this.change(proof, { cursor, look_back: lookBack, lease_until: leaseUntil });
  }

  /** Renews the lease; false when another process has it. */
  renew(proof: LeaseProof, leaseMs: number): Promise<boolean> {
    return this.change(proof, { lease_until: this.clock.now() + leaseMs });
  }

  /**
   * Gives the poller back; false when another process has its lease.
   *
   * @param ending how the run ended
   * @param past how the runs before went
   */
  release(proof: LeaseProof, ending: PollEnding, past: PollPast): Promise<boolean> {
    const now = this.clock.now();
    return this.change(proof, {
      leased_by: null,
      lease_until: null,
      last_finished_at: now,
      ...changesOf(ending, past, now),
    });
  }

  async setPaused(name: string, paused: boolean): Promise<void> {
    await this.database.managed((manager) =>
      manager.update(PollCursorEntity, { name }, { paused }),
    );
  }

  /** How far a registered poller has read. */
  async progressOf(name: string): Promise<PollProgress> {
    const [row] = await this.run(this.statements.select(['cursor', 'look_back'], { name }));
    return {
      cursor: (row?.['cursor'] ?? null) as string | null,
      lookBack: (row?.['look_back'] ?? null) as string | null,
    };
  }

  /** Moves a poller to another position. A run in progress, in whichever process, loses its lease. */
  async reset(name: string, { cursor, lookBack }: PollProgress): Promise<void> {
    await this.run(this.statements.reset(name, cursor, lookBack));
  }

  /** The rows of these pollers, with these columns only: the positions to read again from may be large. */
  load<Column extends keyof PollCursorEntity>(
    names: readonly string[],
    columns: readonly Column[],
  ): Promise<Pick<PollCursorEntity, Column>[]> {
    const select = Object.fromEntries(columns.map((column) => [column, true]));
    return this.database.read((manager) =>
      manager.find(PollCursorEntity, { select, where: { name: In([...names]) } }),
    );
  }

  /** Fenced: a process whose lease ran out and was taken by another changes nothing any more. */
  private change(
    { name, leasedBy, run }: LeaseProof,
    values: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const lock = this.statements.lock(['run'], { name, leased_by: leasedBy, run });
    const update = this.statements.update(name, values);
    return this.database.transaction(function* (): Steps<boolean> {
      const [leased] = yield lock;
      if (leased === undefined) return false;
      yield update;
      return true;
    });
  }

  private run(statement: Statement): Promise<readonly Row[]> {
    return this.database.transaction(function* (): Steps<readonly Row[]> {
      return yield statement;
    });
  }
}
