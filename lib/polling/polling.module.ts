import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { InboxModule } from '../inbox/inbox.module.js';
import { AsideKeeper } from './aside/aside.keeper.js';
import { AsideRetrier } from './aside/aside.retrier.js';
import { BatchTaker } from './run/batch.taker.js';
import { EventIntake } from './run/event.intake.js';
import { PollCursorStore } from './cursor/poll-cursor.store.js';
import { PollExplorer } from './poll.explorer.js';
import { PollItemPruning } from './aside/poll-item.pruning.js';
import { PollItemStore } from './aside/poll-item.store.js';
import { PollOrchestrator } from './poll.orchestrator.js';
import { PollRegistry } from './poll.registry.js';
import { LeasedRunner } from './run/leased.runner.js';
import { PollRunner } from './run/poll.runner.js';
import { PollerFactory } from './poller.factory.js';
import { PollerList } from './poller.list.js';
import { PostponedRuns } from './run/postponed-runs.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';

/** @internal */
@Module({
  imports: [DiscoveryModule, InboxModule, TelemetryModule],
  providers: [
    AsideKeeper,
    AsideRetrier,
    BatchTaker,
    EventIntake,
    LeasedRunner,
    PollCursorStore,
    PollExplorer,
    PollItemPruning,
    PollItemStore,
    PollOrchestrator,
    PollRegistry,
    PollRunner,
    PollerFactory,
    PollerList,
    PostponedRuns,
  ],
  exports: [PollExplorer, PollItemPruning, PollRegistry],
})
export class PollingModule {}
