import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { InboxModule } from '../inbox/inbox.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { Dispatcher } from './dispatcher.js';
import { HandlerExplorer } from './handler.explorer.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerRunner } from './handler.runner.js';
import { MethodInvoker } from './method.invoker.js';

/** @internal */
@Module({
  imports: [DiscoveryModule, InboxModule, QueueModule],
  providers: [Dispatcher, HandlerExplorer, HandlerRegistry, HandlerRunner, MethodInvoker],
  exports: [HandlerRegistry, MethodInvoker],
})
export class DispatchModule {}
