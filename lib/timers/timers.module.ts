import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { TimerExplorer } from './timer.explorer.js';
import { TimerList } from './timer.list.js';
import { TimerPruning } from './timer.pruning.js';
import { TimerRegistry } from './timer.registry.js';
import { TimerRunner } from './timer.runner.js';
import { TimerService } from './timer.service.js';
import { TimerStore } from './timer.store.js';

/** @internal */
@Module({
  imports: [DiscoveryModule, DispatchModule, QueueModule, RetentionModule],
  providers: [
    TimerExplorer,
    TimerList,
    TimerPruning,
    TimerRegistry,
    TimerRunner,
    TimerService,
    TimerStore,
  ],
  exports: [TimerRegistry, TimerService],
})
export class TimersModule {}
