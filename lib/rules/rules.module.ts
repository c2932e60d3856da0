import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RuleExplorer } from './rule.explorer.js';
import { RuleRegistry } from './rule.registry.js';
import { RuleRunner } from './rule.runner.js';
import { RuleService } from './rule.service.js';
import { RuleStateStore } from './rule-state.store.js';

/** @internal */
@Module({
  imports: [DiscoveryModule, DispatchModule, NotificationsModule],
  providers: [RuleExplorer, RuleRegistry, RuleRunner, RuleService, RuleStateStore],
  exports: [RuleService],
})
export class RulesModule {}
