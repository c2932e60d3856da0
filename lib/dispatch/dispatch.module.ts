import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { InboxModule } from '../inbox/inbox.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { AttemptCaller } from './attempt.caller.js';
import { Dispatcher } from './dispatcher.js';
import { HandlerDirectory } from './handler.directory.js';
import { HandlerExplorer } from './handler.explorer.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerRunner } from './handler.runner.js';
import { HandlerStore } from './handler.store.js';
import { MethodInvoker } from './method.invoker.js';
import { ReplayRunner } from './replay.runner.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';

/** @internal */
@Module({
  imports: [DiscoveryModule, InboxModule, QueueModule, TelemetryModule],
  providers: [
    AttemptCaller,
    Dispatcher,
    HandlerDirectory,
    HandlerExplorer,
    HandlerRegistry,
    HandlerRunner,
    HandlerStore,
    MethodInvoker,
    ReplayRunner,
  ],
  exports: [AttemptCaller, HandlerDirectory, HandlerRegistry, MethodInvoker],
})
export class DispatchModule {}
