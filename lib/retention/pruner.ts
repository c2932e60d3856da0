import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setImmediate as turn } from 'node:timers/promises';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { AttemptEntity } from '../queue/attempt.entity.js';
import { JobEntity } from '../queue/job.entity.js';
import { LaneSweeper } from '../queue/engines/sql/lane.sweeper.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { RETENTION_OPTIONS, type ResolvedRetentionOptions } from './retention.options.js';
import { TablePruner, type Prunable, type PruneCutoffs, type PrunedTable } from './table.pruner.js';

const DAY_MS = 86_400_000;

/**
 * Deletes rows that are older than the host wants to keep: jobs first, then events and notifications without
 * jobs. Several processes may do it at the same time: each deletes what it finds.
 *
 * @internal
 */
@Injectable()
export class Pruner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly added: Prunable[] = [];
  private cancelNext: CancelTimer | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly occurrences: Occurrences,
    private readonly lanes: LaneSweeper,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RETENTION_OPTIONS.token) private readonly options: ResolvedRetentionOptions,
    @Inject(QUEUE_OPTIONS.token) private readonly queue: ResolvedQueueOptions,
  ) {}

  /** Adds a table whose rows jobs refer to. It is pruned after the jobs. */
  register(table: PrunedTable): void {
    this.add(new TablePruner(this.database, table));
  }

  /** Adds rows that no job refers to, or that have another kind of key. */
  add(prunable: Prunable): void {
    this.added.push(prunable);
  }

  /** SQL that is true for a row that no job refers to. */
  withoutJobs(key: string): string {
    return `NOT EXISTS (SELECT 1 FROM ${this.jobTable} job WHERE job.ref = ${key})`;
  }

  onApplicationBootstrap(): void {
    if (this.options.enabled && this.queue.enabled) this.runLater();
  }

  /** Waits for the running batch. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.cancelNext?.();
    await this.running;
  }

  /**
   * Deletes all rows that are too old now.
   *
   * @throws the database's error; the batches before stay deleted
   */
  async prune(): Promise<void> {
    const now = this.clock.now();
    const cutoffs: PruneCutoffs = {
      completedBefore: now - this.options.completedDays * DAY_MS,
      discardedBefore: now - this.options.discardedDays * DAY_MS,
    };
    for (const prunable of this.all()) {
      let from: string | undefined;
      do {
        from = await prunable.prune(cutoffs, this.options.batchSize, from);
        // On SQLite a batch blocks the event loop: let accepts run in between.
        await turn();
      } while (from !== undefined && !this.isStopped);
    }
  }

  private runLater(): void {
    if (this.isStopped) return;
    this.cancelNext = this.clock.schedule(() => {
      this.running = this.prune()
        .catch((error: unknown) => this.occurrences.failed(Pruner.name, 'Deleting old rows', error))
        .finally(() => this.runLater());
    }, this.options.intervalMs);
  }

  private all(): readonly Prunable[] {
    const ofQueue = [this.jobs(), this.attempts()];
    return [
      ...ofQueue.map((table) => new TablePruner(this.database, table)),
      this.lanes,
      ...this.added,
    ];
  }

  /** They go with their jobs. */
  private attempts(): PrunedTable {
    const table = this.database.table(AttemptEntity);
    return {
      table,
      key: 'id',
      keptByJobs: false,
      condition: () => ({
        sql: `NOT EXISTS (SELECT 1 FROM ${this.jobTable} job WHERE job.id = ${table}.job_id)`,
        parameters: [],
      }),
    };
  }

  private jobs(): PrunedTable {
    return {
      table: this.jobTable,
      key: 'id',
      keptByJobs: false,
      condition: ({ completedBefore, discardedBefore }) => ({
        // A discarded job that its lane waits for stays until somebody retries or cancels it.
        sql: `((state <> 'discarded' AND finished_at < ?) OR (state = 'discarded' AND finished_at < ?
          AND (holds_lane = FALSE OR heads_lane = FALSE)))`,
        parameters: [completedBefore, discardedBefore],
      }),
    };
  }

  private get jobTable(): string {
    return this.database.table(JobEntity);
  }
}
