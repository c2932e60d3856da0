import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock, type CancelTimer } from '../clock/clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { SqlDatabase } from './sql-database.js';

/** How often the database is asked for its time. */
const SYNC_EVERY_MS = 30_000;

/** How soon it is asked again after an answer that took too long. */
const SYNC_AGAIN_MS = 1_000;

/**
 * By how much the machine's clock may move against its monotonic one, in milliseconds. If it moves more, the
 * machine was suspended: the monotonic clock stands still then.
 */
const JUMP_MS = 1_000;

/** An answer that took longer says too little: the time may be from its beginning or from its end. */
const MAX_ROUND_TRIP_MS = 500;

/**
 * Token of the {@link DatabaseClock}, which a class injects in place of `Clock` if it compares instants with
 * those that another process stored.
 *
 * @internal
 */
export const DATABASE_CLOCK = Symbol('hookline:database-clock');

/**
 * Tells the time of the database, which all processes have in common, however far the clocks of their
 * machines are apart. It asks the database from time to time, and counts on by the monotonic clock in
 * between, so that telling the time needs no statement. If the database has no clock of its own (SQLite), or
 * the host gave the library another clock than the machine's, it tells the time of the given clock.
 *
 * @internal
 */
@Injectable()
export class DatabaseClock extends Clock implements OnModuleInit, OnApplicationShutdown {
  /** The database's time at the origin of `performance.now()`. */
  private origin: number | undefined;
  /** How far the machine's clock was from the monotonic one at the last answer. */
  private offset = 0;
  private cancelSync: CancelTimer | undefined;
  private isStopped = false;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly database: SqlDatabase,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    if (this.clock instanceof SystemClock) await this.sync();
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    this.cancelSync?.();
  }

  override now(): number {
    return this.origin === undefined
      ? this.clock.now()
      : Math.floor(this.origin + performance.now());
  }

  override schedule(callback: () => void, delayMs: number): CancelTimer {
    return this.clock.schedule(callback, delayMs);
  }

  /** Whether the machine was suspended, or its clock was set, since the database was last asked. */
  get hasJumped(): boolean {
    return this.origin !== undefined && Math.abs(wallOffset() - this.offset) > JUMP_MS;
  }

  /**
   * Asks the database for its time if {@link hasJumped} says so.
   *
   * @throws whatever the database throws
   */
  async catchUp(): Promise<void> {
    if (!this.hasJumped) return;
    const offset = wallOffset();
    const asked = performance.now();
    const time = await this.database.currentTimeMs();
    if (time === undefined) return;
    this.origin = time - (asked + performance.now()) / 2;
    this.offset = offset;
  }

  private async sync(): Promise<void> {
    const asked = performance.now();
    const time = await this.database.currentTimeMs();
    const answered = performance.now();
    if (time === undefined) return;
    const isSlow = answered - asked > MAX_ROUND_TRIP_MS;
    if (this.origin === undefined || !isSlow) {
      this.origin = time - (asked + answered) / 2;
      this.offset = wallOffset();
    }
    this.syncIn(isSlow ? SYNC_AGAIN_MS : SYNC_EVERY_MS);
  }

  /** While the database cannot be reached, the time counts on from the last answer. */
  private syncIn(delayMs: number): void {
    if (this.isStopped) return;
    this.cancelSync = this.clock.schedule(() => {
      this.sync().catch(() => this.syncIn(SYNC_EVERY_MS));
    }, delayMs);
  }
}

function wallOffset(): number {
  return Date.now() - performance.now();
}
