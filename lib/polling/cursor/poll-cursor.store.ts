import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { SqlDatabase } from '../../database/sql-database.js';
import type { Row, Statement, Steps } from '../../database/statement.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { PollProgress } from '../page.reader.js';
import { PollCursorEntity } from './poll-cursor.entity.js';
import type { Poller } from '../poller.js';

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
  /** Whether that is a tick of the schedule, or the end of a postponement. @default 'tick' */
  readonly reason?: 'tick' | 'postponed' | undefined;
}

/** How runs went since the last that did not fail. */
export interface PollPast {
  readonly failures: number;
  readonly postponements: number;
}

/** How a run ended. */
export type PollEnding =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: string }
  /** The API asked to be left alone until then. */
  | { readonly kind: 'postponed'; readonly error: string; readonly until: number }
  /** It was interrupted: nothing can be said of it. */
  | { readonly kind: 'stopped' };

/** What became of a {@link LeaseRequest}. */
export type LeaseAnswer =
  | {
      readonly outcome: 'taken';
      readonly proof: LeaseProof;
      readonly progress: PollProgress;
      /** How the runs before went. */
      readonly past: PollPast;
    }
  | { readonly outcome: 'postponed'; readonly until: number }
  | { readonly outcome: 'busy' | 'paused' | 'unknown' };

/** How much later than a tick another one may have been stored for it to count as run already. */
const MAX_TICK_LEAD_MS = 60_000;

/**
 * The rows that say how far pollers have read, and who runs them. A row is locked before it is looked
 * at and changed, so that of two processes the second finds it as the first has left it. SQLite locks by
 * the transaction itself, which it runs in one go: no lock is held over a turn of the event loop.
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
    const look = this.select(['reads'], 'name = ?', [name]);
    const [existing] = await this.database.transaction(() => one(look));
    if (existing === undefined) return this.insert(name, reader.reads, await reader.begin());
    if (existing['reads'] === reader.reads) return;
    throw ConfigurationError.because(
      `@Poll('${name}')`,
      `The poller '${name}' has read ${String(existing['reads'])} so far, and is now to read ${reader.reads}.`,
      'Its cursor is worth nothing there: give it another name, or delete its row in webhook_poll_cursor.',
    );
  }

  /** Takes a poller that nobody holds. */
  take(
    name: string,
    { leasedBy, leaseMs, scheduledAt, reason }: LeaseRequest,
  ): Promise<LeaseAnswer> {
    const now = this.clock.now();
    const columns = [
      'run',
      'cursor',
      'look_back',
      'paused',
      'lease_until',
      'last_tick',
      'failures',
      'postponements',
      'not_before',
    ];
    const hold = this.select(columns, 'name = ?', [name], true);
    const takeAs = (run: number, lastTick: unknown): Statement =>
      this.update(
        {
          leased_by: leasedBy,
          lease_until: now + leaseMs,
          last_started_at: now,
          run,
          last_tick: scheduledAt ?? lastTick,
        },
        'name = ?',
        [name],
      );
    return this.database.transaction(function* (): Steps<LeaseAnswer> {
      const [row] = yield hold;
      if (row === undefined) return { outcome: 'unknown' };
      if (Number(row['paused']) === 1) return { outcome: 'paused' };
      if (isHeld(row, now) || isRunAlready(row, scheduledAt)) return { outcome: 'busy' };
      const notBefore = Number(row['not_before'] ?? 0);
      if (scheduledAt !== undefined && notBefore > now) {
        return { outcome: 'postponed', until: notBefore };
      }
      if (reason === 'postponed' && !isOwed(row, scheduledAt)) return { outcome: 'busy' };
      const run = Number(row['run']) + 1;
      yield takeAs(run, row['last_tick']);
      return {
        outcome: 'taken',
        proof: { name, leasedBy, run },
        past: {
          failures: Number(row['failures']),
          postponements: Number(row['postponements']),
        },
        progress: {
          cursor: row['cursor'] as string | null,
          lookBack: row['look_back'] as string | null,
        },
      };
    });
  }

  /** Stores progress and renews the lease; false when the lease is somebody else's. */
  save(proof: LeaseProof, { cursor, lookBack }: PollProgress, leaseMs: number): Promise<boolean> {
    const leaseUntil = this.clock.now() + leaseMs;
    return this.change(proof, { cursor, look_back: lookBack, lease_until: leaseUntil });
  }

  /** Renews the lease; false when it is somebody else's. */
  renew(proof: LeaseProof, leaseMs: number): Promise<boolean> {
    return this.change(proof, { lease_until: this.clock.now() + leaseMs });
  }

  /**
   * Gives the poller back; false when it is somebody else's.
   *
   * @param ending how the run ended
   * @param past how those before it went
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

  /** How far a poller has read that is registered. */
  async progressOf(name: string): Promise<PollProgress> {
    const look = this.select(['cursor', 'look_back'], 'name = ?', [name]);
    const [row] = await this.database.transaction(() => one(look));
    return {
      cursor: (row?.['cursor'] ?? null) as string | null,
      lookBack: (row?.['look_back'] ?? null) as string | null,
    };
  }

  /**
   * Has a poller go on elsewhere. A run that goes on at the moment, in whichever process, has lost its lease.
   */
  async reset(name: string, { cursor, lookBack }: PollProgress): Promise<void> {
    const statement = this.database.statement(
      `UPDATE ${this.table} SET ${this.database.quote('cursor')} = ?, look_back = ?, run = run + 1,
      leased_by = NULL, lease_until = NULL WHERE name = ?`,
      [cursor, lookBack, name],
    );
    await this.database.transaction(() => one(statement));
  }

  load(names: readonly string[]): Promise<PollCursorEntity[]> {
    return this.database.read((manager) =>
      manager.findBy(PollCursorEntity, { name: In([...names]) }),
    );
  }

  /** Another process may register the poller at the same time: the first one wins. */
  private async insert(
    name: string,
    reads: string,
    { cursor, lookBack }: PollProgress,
  ): Promise<void> {
    const columns = ['name', 'reads', 'cursor', 'look_back', 'paused', 'run'];
    const statement = this.database.statement(
      `INSERT INTO ${this.table} (${columns.map((column) => this.database.quote(column)).join(', ')})
      VALUES (?, ?, ?, ?, FALSE, 0)
      ${this.database.kind === 'mysql' ? 'ON DUPLICATE KEY UPDATE name = name' : 'ON CONFLICT (name) DO NOTHING'}`,
      [name, reads, cursor, lookBack],
    );
    await this.database.transaction(() => one(statement));
  }

  /** Fenced: a holder whose lease ran out and was taken by another changes nothing any more. */
  private change(
    { name, leasedBy, run }: LeaseProof,
    values: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const fence = 'name = ? AND leased_by = ? AND run = ?';
    const hold = this.select(['run'], fence, [name, leasedBy, run], true);
    const update = this.update(values, 'name = ?', [name]);
    return this.database.transaction(function* (): Steps<boolean> {
      const [held] = yield hold;
      if (held === undefined) return false;
      yield update;
      return true;
    });
  }

  private select(
    columns: readonly string[],
    where: string,
    parameters: readonly unknown[],
    locking = false,
  ): Statement {
    const list = columns.map((column) => this.database.quote(column)).join(', ');
    const lock = locking && this.database.kind !== 'sqlite' ? ' FOR UPDATE' : '';
    return this.database.statement(
      `SELECT ${list} FROM ${this.table} WHERE ${where}${lock}`,
      parameters,
    );
  }

  private update(
    values: Readonly<Record<string, unknown>>,
    where: string,
    parameters: readonly unknown[],
  ): Statement {
    const changes = Object.keys(values).map((column) => `${this.database.quote(column)} = ?`);
    return this.database.statement(
      `UPDATE ${this.table} SET ${changes.join(', ')} WHERE ${where}`,
      [...Object.values(values), ...parameters],
    );
  }

  private get table(): string {
    this.quotedTable ??= this.database.table(PollCursorEntity);
    return this.quotedTable;
  }
}

function changesOf(
  ending: PollEnding,
  { failures, postponements }: PollPast,
  now: number,
): Readonly<Record<string, unknown>> {
  switch (ending.kind) {
    case 'succeeded':
      return {
        last_error: null,
        failures: 0,
        postponements: 0,
        not_before: null,
        last_success_at: now,
      };
    case 'failed':
      return { last_error: ending.error, failures: failures + 1 };
    case 'postponed':
      return {
        last_error: ending.error,
        postponements: postponements + 1,
        not_before: ending.until,
      };
    case 'stopped':
      return {};
  }
}

function* one(statement: Statement): Steps<readonly Row[]> {
  return yield statement;
}

function isHeld({ lease_until: leaseUntil }: Row, now: number): boolean {
  return leaseUntil !== null && Number(leaseUntil) > now;
}

/**
 * Whether this tick or a later one was run, by whichever process. A tick far ahead was stored by a clock
 * that went wrong; it must not stop the poller until then.
 */
function isRunAlready({ last_tick: lastTick }: Row, tick: number | undefined): boolean {
  if (tick === undefined || lastTick === null) return false;
  const lead = Number(lastTick) - tick;
  return lead >= 0 && lead <= MAX_TICK_LEAD_MS;
}

/** Whether the postponement that ends then is still the last word: nothing was run, or answered otherwise. */
function isOwed({ not_before: notBefore, last_tick: lastTick }: Row, until?: number): boolean {
  return notBefore !== null && Number(notBefore) === until && Number(lastTick ?? 0) < until;
}
