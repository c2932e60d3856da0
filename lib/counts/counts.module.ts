import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { CountKeeper } from './count.keeper.js';
import { CountPruning } from './count.pruning.js';
import { CountService } from './count.service.js';
import { CountStore } from './count.store.js';

/** @internal */
@Module({
  imports: [QueueModule, RetentionModule, TelemetryModule],
  providers: [CountKeeper, CountPruning, CountService, CountStore],
  exports: [CountService],
})
export class CountsModule {}
