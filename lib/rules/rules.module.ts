import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { FiringPruning } from './firings/firing.pruning.js';
import { FiringRunner } from './firings/firing.runner.js';
import { FiringStore } from './firings/firing.store.js';
import { RuleExplorer } from './rule.explorer.js';
import { RuleJudge } from './rule.judge.js';
import { RulePrimer } from './rule.primer.js';
import { RuleRegistry } from './rule.registry.js';
import { RuleService } from './rule.service.js';
import { RuleStateStore } from './rule-state.store.js';

/** @internal */
@Module({
  imports: [
    DiscoveryModule,
    DispatchModule,
    InboxModule,
    NotificationsModule,
    QueueModule,
    RetentionModule,
  ],
  providers: [
    FiringPruning,
    FiringRunner,
    FiringStore,
    RuleExplorer,
    RuleJudge,
    RulePrimer,
    RuleRegistry,
    RuleService,
    RuleStateStore,
  ],
  exports: [RuleService],
})
export class RulesModule {}
