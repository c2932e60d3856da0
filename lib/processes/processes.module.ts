import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { ProcessBeat } from './process.beat.js';
import { ProcessPruning } from './process.pruning.js';
import { ProcessService } from './process.service.js';
import { ProcessStore } from './process.store.js';

/** @internal */
@Module({
  imports: [QueueModule, RetentionModule, TelemetryModule],
  providers: [ProcessBeat, ProcessPruning, ProcessService, ProcessStore],
  exports: [ProcessService],
})
export class ProcessesModule {}
