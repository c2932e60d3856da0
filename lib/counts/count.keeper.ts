import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { PROCESS_ID } from '../queue/process-id.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { CountStore } from './count.store.js';
import { GRAINS } from './counted.js';
import { PendingRows } from './pending-rows.js';
import { refusalClassOf } from './refusal-class.js';
import { Tally } from './tally.js';
import { Totals } from './totals.js';

/**
 * Counts in memory, and writes what was counted at the end of each minute, and at a graceful stop.
 *
 * @internal
 */
@Injectable()
export class CountKeeper implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tally = new Tally();
  private readonly pending = new PendingRows();
  private readonly totals: Totals;
  /** When counting began of what the tally has now. */
  private since = 0;
  private writing: Promise<void> = Promise.resolve();
  private cancelNext: CancelTimer | undefined;
  private isFailing = false;
  private isStopped = false;

  constructor(
    private readonly store: CountStore,
    private readonly occurrences: Occurrences,
    @Inject(PROCESS_ID) id: string,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {
    this.totals = new Totals(id);
  }

  onModuleInit(): void {
    const { occurrences, tally } = this;
    this.since = this.clock.now();
    occurrences.counter = tally;
    occurrences.on('request.refused', (refused) =>
      tally.refused(refusalClassOf(refused), refused.isKnown ? refused.source : undefined),
    );
    occurrences.on('request.failed', ({ source }) => tally.refused('error', source));
  }

  onApplicationBootstrap(): void {
    this.writeLater();
  }

  /** Not earlier: until now, jobs were running. */
  async onApplicationShutdown(): Promise<void> {
    this.cancelNext?.();
    this.isStopped = true;
    await this.writing;
    await this.write();
  }

  private writeLater(): void {
    if (this.isStopped) return;
    const { minute } = GRAINS;
    this.cancelNext = this.clock.schedule(
      () => {
        this.writing = this.write().finally(() => this.writeLater());
      },
      minute - (this.clock.now() % minute),
    );
  }

  /** While the database is away, rows wait for the end of the next minute. Never rejects. */
  private async write(): Promise<void> {
    this.pending.put(this.totals.add(this.since, this.tally.take()));
    this.since = this.clock.now();
    const rows = this.pending.all();
    if (rows.length === 0) return;
    try {
      await this.store.write(rows);
      this.pending.written(rows);
      this.isFailing = false;
    } catch (error) {
      if (this.isFailing) return;
      this.isFailing = true;
      this.occurrences.failed(CountKeeper.name, 'Writing what was counted', error);
    }
  }
}
