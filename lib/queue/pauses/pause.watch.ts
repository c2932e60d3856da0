import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { CancelTimer, Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { SqlDatabase } from '../../database/sql-database.js';
import { Occurrences } from '../../telemetry/occurrences.js';
import { QueueEngine } from '../queue.engine.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue.options.js';
import { HeldJobs } from './held.jobs.js';
import { Pauses } from './pauses.js';
import { pausesByDueTime, type PausesByDueTime } from './pause.reads.js';

/** How often a process asks which pauses are in force. */
const READ_EVERY_MS = 1_000;

/** How often it looks for held jobs whose pause has ended. */
const SWEEP_EVERY_MS = 60_000;

/** How many times more it looks once a pause has ended: others may hold jobs until they have read of its end. */
const SWEEPS_AFTER_END = 3;

/**
 * Reads which pauses are in force, in each process that runs jobs, and finds jobs that were held when their pause
 * had ended, or that a process which died in the middle of a resume has left.
 *
 * @internal
 */
@Injectable()
export class PauseWatch implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private turns: Promise<void> = Promise.resolve();
  private cancelNext: CancelTimer | undefined;
  private asked = 0;
  private answered = 0;
  private sweeps = 0;
  private nextSweep = -Infinity;
  private isFailing = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly pauses: Pauses,
    private readonly held: HeldJobs,
    private readonly engine: QueueEngine,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(QUEUE_OPTIONS.token) private readonly options: ResolvedQueueOptions,
  ) {}

  /** Before any job runs. */
  async onModuleInit(): Promise<void> {
    if (this.options.enabled) await this.read();
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.options.enabled) return;
    this.turns = this.turn();
    await this.turns;
    this.turnLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.cancelNext?.();
    this.cancelNext = undefined;
    await this.turns;
  }

  /**
   * Reads which pauses are in force.
   *
   * @throws the database's error; what was known stays in force
   */
  async read(): Promise<PausesByDueTime> {
    const number = ++this.asked;
    const known = await this.database.onWriter(pausesByDueTime);
    // An answer to an earlier question may come later.
    if (number < this.answered) return known;
    this.answered = number;
    if (this.pauses.replace(known)) this.sweeps = SWEEPS_AFTER_END;
    return known;
  }

  private turnLater(): void {
    this.cancelNext = this.clock.schedule(() => {
      this.turns = this.turn().finally(() => {
        if (this.cancelNext !== undefined) this.turnLater();
      });
    }, READ_EVERY_MS);
  }

  /** Never rejects. */
  private async turn(): Promise<void> {
    try {
      const known = await this.read();
      const now = this.clock.now();
      if (this.sweeps > 0 || now >= this.nextSweep) {
        await this.sweep(known);
        this.sweeps = Math.max(0, this.sweeps - 1);
        this.nextSweep = now + SWEEP_EVERY_MS;
      }
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.occurrences.failed(PauseWatch.name, 'Reading the pauses', error);
      this.isFailing = true;
    }
  }

  private async sweep(known: PausesByDueTime): Promise<void> {
    let released = 0;
    for (const dueAt of await this.held.dueTimes()) {
      if (!known.has(dueAt)) released += await this.held.release(dueAt, 'alone');
    }
    if (released > 0) this.engine.wake();
  }
}
