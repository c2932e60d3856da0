import { Global, Module, type Provider } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { DATABASE_CLOCK, DatabaseClock } from '../database/database.clock.js';
import { RESOLVED_DATABASE_OPTIONS } from '../database/database.options.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { RESOLVED_HANDLERS_OPTIONS } from '../dispatch/handlers.options.js';
import { outboundFetch } from '../http/outbound.fetch.js';
import { OutboundClient } from '../http/outbound.client.js';
import { RESOLVED_INBOX_OPTIONS } from '../inbox/inbox.options.js';
import { RESOLVED_NOTIFICATIONS_OPTIONS } from '../notifications/notifications.options.js';
import { RESOLVED_POLLING_OPTIONS } from '../polling/polling.options.js';
import { RESOLVED_QUEUE_OPTIONS } from '../queue/queue.options.js';
import { RESOLVED_RETENTION_OPTIONS } from '../retention/retention.options.js';
import { KEY_FETCH } from '../receiver/key-fetch.js';
import { RESOLVED_RECEIVER_OPTIONS } from '../receiver/receiver.options.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './webhook.module-definition.js';
import { resolveWebhookOptions, type ResolvedWebhookOptions } from './webhook.options.resolver.js';

const RESOLVED_OPTIONS = Symbol('hookline:options');

/** Each feature is given its own part of the options, and nothing else. */
function slice<Part extends keyof ResolvedWebhookOptions>(
  provide: symbol | typeof Clock | typeof Sealer,
  part: Part,
): Provider {
  return {
    provide,
    useFactory: (options: ResolvedWebhookOptions) => options[part],
    inject: [RESOLVED_OPTIONS],
  };
}

const providers: Provider[] = [
  { provide: RESOLVED_OPTIONS, useFactory: resolveWebhookOptions, inject: [MODULE_OPTIONS_TOKEN] },
  slice(Clock, 'clock'),
  slice(Sealer, 'sealer'),
  { provide: DATABASE_CLOCK, useClass: DatabaseClock },
  slice(RESOLVED_RECEIVER_OPTIONS, 'receiver'),
  slice(RESOLVED_DATABASE_OPTIONS, 'database'),
  slice(RESOLVED_INBOX_OPTIONS, 'inbox'),
  slice(RESOLVED_HANDLERS_OPTIONS, 'handlers'),
  slice(RESOLVED_QUEUE_OPTIONS, 'queue'),
  slice(RESOLVED_RETENTION_OPTIONS, 'retention'),
  slice(RESOLVED_POLLING_OPTIONS, 'polling'),
  slice(RESOLVED_NOTIFICATIONS_OPTIONS, 'notifications'),
  {
    provide: OutboundClient,
    useFactory: ({ clock, sending }: ResolvedWebhookOptions) =>
      new OutboundClient({ clock, allow: sending.allow }),
    inject: [RESOLVED_OPTIONS],
  },
  { provide: KEY_FETCH, useFactory: outboundFetch, inject: [OutboundClient] },
  {
    provide: CommitSignal,
    useFactory: ({ dataSource }: SqlDatabase) => new CommitSignal(dataSource),
    inject: [SqlDatabase],
  },
];

/**
 * Resolves the options and gives every feature module what it needs of them.
 *
 * @internal
 */
@Global()
@Module({
  providers,
  exports: [
    SqlDatabase,
    CommitSignal,
    OutboundClient,
    KEY_FETCH,
    Sealer,
    Clock,
    DATABASE_CLOCK,
    RESOLVED_RECEIVER_OPTIONS,
    RESOLVED_INBOX_OPTIONS,
    RESOLVED_HANDLERS_OPTIONS,
    RESOLVED_QUEUE_OPTIONS,
    RESOLVED_RETENTION_OPTIONS,
    RESOLVED_POLLING_OPTIONS,
    RESOLVED_NOTIFICATIONS_OPTIONS,
  ],
})
export class WebhookCoreModule extends ConfigurableModuleClass {}
