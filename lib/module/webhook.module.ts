import { Module, type DynamicModule } from '@nestjs/common';
import { CountsModule } from '../counts/counts.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PollingModule } from '../polling/polling.module.js';
import { ProcessesModule } from '../processes/processes.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { ReceiverModule } from '../receiver/receiver.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { TimersModule } from '../timers/timers.module.js';
import { WebhookCoreModule } from './webhook-core.module.js';
import { WebhookRetention } from './webhook.retention.js';
import { WebhookStartup } from './webhook.startup.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './webhook.module-definition.js';

const FEATURES = [
  ReceiverModule,
  PollingModule,
  InboxModule,
  DispatchModule,
  RulesModule,
  NotificationsModule,
  TimersModule,
  ProcessesModule,
  CountsModule,
  QueueModule,
  RetentionModule,
  TelemetryModule,
];

/**
 * Receives webhooks, polls tables and APIs that send none, and runs the application's handlers, rules and
 * notifications, all on the application's own TypeORM data source. It is global: inject its services anywhere
 * in the application.
 *
 * @example
 * ```ts
 * WebhookModule.forRoot({
 *   sources: { game: () => standardWebhooks({ secret: process.env.GAME_SECRET }) },
 * })
 * ```
 * @publicApi
 */
@Module({})
export class WebhookModule {
  /**
   * @param options see `WebhookModuleOptions`; each option has a default
   * @throws {ConfigurationError} at start-up, for an option that cannot work
   */
  static forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return compose(WebhookCoreModule.forRoot(options));
  }

  /**
   * As {@link forRoot}, with options that need other providers.
   *
   * @param options `useFactory` (with `imports` and `inject`), `useClass` or `useExisting` (a class with a
   *   method `createWebhookOptions`), and `dataSource` if it is not the default one
   * @example
   * ```ts
   * WebhookModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({
   *     sources: { game: () => standardWebhooks({ secret: config.get('GAME_SECRET') }) },
   *   }),
   * })
   * ```
   */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return compose(WebhookCoreModule.forRootAsync(options));
  }
}

function compose(core: DynamicModule): DynamicModule {
  return {
    module: WebhookModule,
    global: true,
    imports: [core, ...FEATURES],
    providers: [WebhookRetention, WebhookStartup],
    exports: FEATURES,
  };
}
