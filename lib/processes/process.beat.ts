import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { hostname } from 'node:os';
import type { CancelTimer, Clock } from '../clock/clock.js';
import { DATABASE_CLOCK, DatabaseClock } from '../database/database.clock.js';
import { PROCESS_ID } from '../queue/process-id.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { ProcessStore } from './process.store.js';
import { BEAT_EVERY_MS } from './process.view.js';
import { ROLES, type ProcessRole } from './roles.option.js';
import { VERSION } from './version.js';

/** Characters that the column takes. */
const MAX_HOST_LENGTH = 255;

/**
 * Notes in the database that this process runs, every few seconds, and that it stopped.
 *
 * @internal
 */
@Injectable()
export class ProcessBeat implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly host = hostname().slice(0, MAX_HOST_LENGTH);
  private startedAt: number | undefined;
  private running: Promise<void> = Promise.resolve();
  private cancelNext: CancelTimer | undefined;
  private isFailing = false;

  constructor(
    private readonly store: ProcessStore,
    private readonly occurrences: Occurrences,
    @Inject(PROCESS_ID) private readonly id: string,
    @Inject(ROLES) private readonly roles: readonly ProcessRole[],
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.startedAt = this.clock.now();
    await this.note(null);
    this.beatLater();
  }

  /** Not earlier: until now, jobs were running. The data source is closed after all others have stopped. */
  async onApplicationShutdown(): Promise<void> {
    if (this.startedAt === undefined) return;
    this.cancelNext?.();
    this.cancelNext = undefined;
    await this.running;
    await this.note(this.clock.now());
    this.startedAt = undefined;
  }

  private beatLater(): void {
    this.cancelNext = this.clock.schedule(() => {
      this.running = this.note(null).finally(() => {
        if (this.cancelNext !== undefined) this.beatLater();
      });
    }, BEAT_EVERY_MS);
  }

  /** While the database is away, the others take this process for gone. Never rejects. */
  private async note(stoppedAt: number | null): Promise<void> {
    const { clock, host, id, startedAt = 0 } = this;
    try {
      // After a sleep, the clock would tell the time at which it began.
      if (clock instanceof DatabaseClock) await clock.catchUp();
      const roles = this.roles.join(',');
      const beatAt = clock.now();
      const { pid } = process;
      await this.store.note({
        id,
        host,
        pid,
        version: VERSION,
        roles,
        startedAt,
        beatAt,
        stoppedAt,
      });
      this.isFailing = false;
    } catch (error) {
      if (this.isFailing) return;
      this.isFailing = true;
      this.occurrences.failed(ProcessBeat.name, 'Noting that this process runs', error);
    }
  }
}
