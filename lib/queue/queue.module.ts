import { Module } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import { createQueueDialect } from './engines/sql/dialects/queue-dialect.factory.js';
import { QueueDialect } from './engines/sql/dialects/queue.dialect.js';
import { JobQueue } from './job.queue.js';
import { JobRunnerRegistry } from './job-runner.registry.js';
import { JobWorker } from './engines/sql/job.worker.js';
import { Pruner } from '../retention/pruner.js';
import { QueueService } from './queue.service.js';

/** @internal */
@Module({
  providers: [
    { provide: QueueDialect, useFactory: createQueueDialect, inject: [SqlDatabase] },
    JobQueue,
    JobRunnerRegistry,
    JobWorker,
    Pruner,
    QueueService,
  ],
  exports: [QueueDialect, JobQueue, JobRunnerRegistry, JobWorker, Pruner, QueueService],
})
export class QueueModule {}
