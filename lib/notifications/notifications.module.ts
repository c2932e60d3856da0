import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { ChannelRegistry } from './channel.registry.js';
import { EmailChannel } from './channels/email/email.channel.js';
import { HttpChannel } from './channels/http/http.channel.js';
import { NotificationCanceller } from './notification.canceller.js';
import { NotificationKeyPruning } from './notification-key.pruning.js';
import { NotificationKeyStore } from './notification-key.store.js';
import { NotificationLog } from './notification.log.js';
import { NotificationPruning } from './notification.pruning.js';
import { NotificationRecovery } from './notification.recovery.js';
import { NotificationRunner } from './notification.runner.js';
import { NotificationService } from './notification.service.js';
import { NotificationStore } from './notification.store.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';

/** @internal */
@Module({
  imports: [QueueModule, RetentionModule, TelemetryModule],
  providers: [
    ChannelRegistry,
    EmailChannel,
    HttpChannel,
    NotificationCanceller,
    NotificationKeyPruning,
    NotificationKeyStore,
    NotificationLog,
    NotificationPruning,
    NotificationRecovery,
    NotificationRunner,
    NotificationService,
    NotificationStore,
  ],
  exports: [NotificationService],
})
export class NotificationsModule {}
