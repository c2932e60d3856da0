import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import type { Row, Steps } from '../database/statement.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { PollProgress } from './page.reader.js';
import { PollCursorEntity } from './poll-cursor.entity.js';
import type { Poller } from './poller.js';

/** Proof that a process holds a poller; good for nothing once another has taken it over. */
export interface LeaseProof {
  readonly name: string;
  readonly leasedBy: string;
  readonly run: number;
}

/** Who wants a lease, for how long, and for which tick. */
export interface LeaseRequest {
  readonly leasedBy: string;
  readonly leaseMs: number;
  /** The scheduled instant of a tick; none for a run by hand. */
  readonly scheduledAt?: number | undefined;
}

/** What became of a {@link LeaseRequest}. */
export type LeaseAnswer =
  | { readonly outcome: 'taken'; readonly proof: LeaseProof; readonly progress: PollProgress }
  | { readonly outcome: 'busy' | 'paused' | 'unknown' };

/** How much later than a tick another one may have been stored for it to count as run already. */
const MAX_TICK_LEAD_MS = 60_000;

/**
 * The rows that say how far pollers have read, and who runs them. Every change is one statement whose
 * condition closes its race; SQLite runs it in one go, so that no lock is held over a turn of the event
 * loop.
 *
 * @internal
 */
@Injectable()
export class PollCursorStore {
  private quotedTable: string | undefined;

  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores where a poller begins, unless it has been stored before, by whichever process.
   *
   * @throws {ConfigurationError} when its cursor is one over something else
   */
  async register({ name, reader }: Poller): Promise<void> {
    const existing = await this.first(`SELECT reads FROM ${this.table} WHERE name = ?`, [name]);
    if (existing === undefined) return this.insert(name, reader.reads, await reader.begin());
    if (existing['reads'] === reader.reads) return;
    throw ConfigurationError.because(
      `@Poll('${name}')`,
      `The poller '${name}' has read ${String(existing['reads'])} so far, and is now to read ${reader.reads}.`,
      'Its cursor is worth nothing there: give it another name, or delete its row in webhook_poll_cursor.',
    );
  }

  /** Takes a poller that nobody holds. */
  take(name: string, { leasedBy, leaseMs, scheduledAt }: LeaseRequest): Promise<LeaseAnswer> {
    const now = this.clock.now();
    const tick = scheduledAt ?? null;
    const latest = tick === null ? null : tick + MAX_TICK_LEAD_MS;
    // Of two processes that try, the second finds the row as the first has left it: the condition is
    // checked again after the wait for the row's lock. A tick far ahead was stored by a clock that went
    // wrong; it must not stop the poller until then.
    const take = this.database.statement(
      `UPDATE ${this.table}
      SET leased_by = ?, lease_until = ?, last_started_at = ?, run = run + 1,
        last_tick = COALESCE(?, last_tick)
      WHERE name = ? AND NOT paused AND (lease_until IS NULL OR lease_until <= ?)
        AND (CAST(? AS bigint) IS NULL OR last_tick IS NULL OR last_tick < ? OR last_tick > ?)
      RETURNING run, cursor, look_back`,
      [leasedBy, now + leaseMs, now, tick, name, now, tick, tick, latest],
    );
    const look = this.database.statement(`SELECT paused FROM ${this.table} WHERE name = ?`, [name]);
    return this.database.transaction(function* (): Steps<LeaseAnswer> {
      const [taken] = yield take;
      if (taken !== undefined) return toTaken(taken, name, leasedBy);
      const [row] = yield look;
      if (row === undefined) return { outcome: 'unknown' };
      return { outcome: row['paused'] ? 'paused' : 'busy' };
    });
  }

  /** Stores progress and renews the lease; false when the lease is somebody else's. */
  save(proof: LeaseProof, { cursor, lookBack }: PollProgress, leaseMs: number): Promise<boolean> {
    const changes = 'cursor = ?, look_back = ?, lease_until = ?';
    return this.change(proof, changes, [cursor, lookBack, this.clock.now() + leaseMs]);
  }

  /** Renews the lease; false when it is somebody else's. */
  renew(proof: LeaseProof, leaseMs: number): Promise<boolean> {
    return this.change(proof, 'lease_until = ?', [this.clock.now() + leaseMs]);
  }

  /**
   * Gives the poller back; false when it is somebody else's.
   *
   * @param error why the run failed, `null` when it did not, `undefined` to keep what is stored
   */
  release(proof: LeaseProof, error: string | null | undefined): Promise<boolean> {
    const changes = 'leased_by = NULL, lease_until = NULL, last_finished_at = ?';
    return error === undefined
      ? this.change(proof, changes, [this.clock.now()])
      : this.change(proof, `${changes}, last_error = ?`, [this.clock.now(), error]);
  }

  async setPaused(name: string, paused: boolean): Promise<void> {
    // A literal: SQLite's driver binds no booleans.
    await this.first(
      `UPDATE ${this.table} SET paused = ${paused ? 'TRUE' : 'FALSE'} WHERE name = ?`,
      [name],
    );
  }

  load(names: readonly string[]): Promise<PollCursorEntity[]> {
    return this.database.dataSource
      .getRepository(PollCursorEntity)
      .findBy({ name: In([...names]) });
  }

  /** Another process may register the poller at the same time: the first one wins. */
  private async insert(
    name: string,
    reads: string,
    { cursor, lookBack }: PollProgress,
  ): Promise<void> {
    await this.first(
      `INSERT INTO ${this.table} (name, reads, cursor, look_back, paused, run)
      VALUES (?, ?, ?, ?, FALSE, 0) ON CONFLICT (name) DO NOTHING`,
      [name, reads, cursor, lookBack],
    );
  }

  /** Fenced: a holder whose lease ran out and was taken by another changes nothing any more. */
  private async change(
    { name, leasedBy, run }: LeaseProof,
    changes: string,
    values: readonly unknown[],
  ): Promise<boolean> {
    const changed = await this.first(
      `UPDATE ${this.table} SET ${changes} WHERE name = ? AND leased_by = ? AND run = ? RETURNING run`,
      [...values, name, leasedBy, run],
    );
    return changed !== undefined;
  }

  private first(sql: string, parameters: readonly unknown[]): Promise<Row | undefined> {
    const statement = this.database.statement(sql, parameters);
    return this.database.transaction(function* (): Steps<Row | undefined> {
      const [row] = yield statement;
      return row;
    });
  }

  private get table(): string {
    this.quotedTable ??= this.database.table(PollCursorEntity);
    return this.quotedTable;
  }
}

function toTaken(row: Row, name: string, leasedBy: string): LeaseAnswer {
  return {
    outcome: 'taken',
    proof: { name, leasedBy, run: Number(row['run']) },
    progress: {
      cursor: row['cursor'] as string | null,
      lookBack: row['look_back'] as string | null,
    },
  };
}
