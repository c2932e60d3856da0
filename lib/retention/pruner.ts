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
import { JobEntity } from '../queue/job.entity.js';
import { QUEUE_OPTIONS, type ResolvedQueueOptions } from '../queue/queue.options.js';
import { RETENTION_OPTIONS, type ResolvedRetentionOptions } from './retention.options.js';
import { TablePruner, type Prunable, type PruneCutoffs, type PrunedTable } from './table.pruner.js';

const DAY_MS = 86_400_000;

/**
 * Deletes what is older than the host wants to keep: jobs first, then events and notifications without jobs.
 * Several processes may do it at the same time; what one has deleted the other does not find.
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
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(RETENTION_OPTIONS.token) private readonly options: ResolvedRetentionOptions,
    @Inject(QUEUE_OPTIONS.token) private readonly queue: ResolvedQueueOptions,
  ) {}

  /** Adds a table to whose rows jobs refer. It is pruned after the jobs. */
  register(table: PrunedTable): void {
    this.add(new TablePruner(this.database, table));
  }

  /** Adds what no job refers to, or what has no key of that kind. */
  add(prunable: Prunable): void {
    this.added.push(prunable);
  }

  /** SQL that holds for a row that no job refers to. */
  withoutJobs(key: string): string {
    return `NOT EXISTS (SELECT 1 FROM ${this.jobTable} job WHERE job.ref = ${key})`;
  }

  onApplicationBootstrap(): void {
    if (this.options.enabled && this.queue.enabled) this.runLater();
  }

  /** Waits for the batch that is being deleted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.cancelNext?.();
    await this.running;
  }

  /**
   * Deletes all that is too old now.
   *
   * @throws whatever the database throws; the batches before are gone by then
   */
  async prune(): Promise<void> {
    const now = this.clock.now();
    const cutoffs: PruneCutoffs = {
      completedBefore: now - this.options.completedDays * DAY_MS,
      discardedBefore: now - this.options.discardedDays * DAY_MS,
    };
    for (const prunable of [new TablePruner(this.database, this.jobs()), ...this.added]) {
      let from: string | undefined;
      do {
        from = await prunable.prune(cutoffs, this.options.batchSize, from);
        // On SQLite a batch ends without giving up the event loop: let accepts come in between.
        await turn();
      } while (from !== undefined && !this.isStopped);
    }
  }

  private runLater(): void {
    if (this.isStopped) return;
    this.cancelNext = this.clock.schedule(() => {
      this.running = this.prune()
        .catch((error: unknown) =>
          this.occurrences.failed(Pruner.name, 'Deleting what is too old', error),
        )
        .finally(() => this.runLater());
    }, this.options.intervalMs);
  }

  private jobs(): PrunedTable {
    return {
      table: this.jobTable,
      key: 'id',
      keptByJobs: false,
      condition: ({ completedBefore, discardedBefore }) => ({
        sql: `((state <> 'discarded' AND finished_at < ?)
          OR (state = 'discarded' AND finished_at < ?))`,
        parameters: [completedBefore, discardedBefore],
      }),
    };
  }

  private get jobTable(): string {
    return this.database.table(JobEntity);
  }
}
