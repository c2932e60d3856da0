import { Module } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { createQueueDialect } from './engines/sql/dialects/queue-dialect.factory.js';
import { QueueDialect } from './engines/sql/dialects/queue.dialect.js';
import { JobWakeUps } from './engines/sql/job.wake-ups.js';
import { JobWorker } from './engines/sql/job.worker.js';
import { LaneSweeper } from './engines/sql/lane.sweeper.js';
import { SqlQueueEngine } from './engines/sql/sql.engine.js';
import { JobRunnerRegistry } from './job-runner.registry.js';
import { HeldJobs } from './pauses/held.jobs.js';
import { PauseService } from './pauses/pause.service.js';
import { PauseWatch } from './pauses/pause.watch.js';
import { Pauses } from './pauses/pauses.js';
import { PROCESS_ID } from './process-id.js';
import { QueueEngine } from './queue.engine.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { QueueService } from './queue.service.js';

/** @internal */
@Module({
  imports: [TelemetryModule],
  providers: [
    { provide: QueueDialect, useFactory: createQueueDialect, inject: [SqlDatabase] },
    { provide: QueueEngine, useClass: SqlQueueEngine },
    JobRunnerRegistry,
    JobWorker,
    JobWakeUps,
    LaneSweeper,
    Pauses,
    HeldJobs,
    PauseWatch,
    PauseService,
    { provide: PROCESS_ID, useFactory: ({ id }: JobWorker) => id, inject: [JobWorker] },
    QueueService,
  ],
  exports: [
    PROCESS_ID,
    LaneSweeper,
    QueueDialect,
    QueueEngine,
    JobRunnerRegistry,
    QueueService,
    PauseService,
  ],
})
export class QueueModule {}
