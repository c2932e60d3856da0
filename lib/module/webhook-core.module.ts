import { Global, Module, type FactoryProvider } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { CommitSignal } from '../database/commit-signal.js';
import { DATABASE_CLOCK, DatabaseClock } from '../database/database.clock.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { outboundFetch } from '../http/outbound.fetch.js';
import { OutboundClient } from '../http/outbound.client.js';
import { SENDING_OPTIONS, type ResolvedSendingOptions } from '../http/sending.options.js';
import { OptionGroup } from '../options/option.group.js';
import { ROLES } from '../processes/roles.option.js';
import { KEY_FETCH } from '../receiver/key-fetch.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './webhook.module-definition.js';
import {
  resolveWebhookOptions,
  WEBHOOK_OPTIONS,
  type ResolvedWebhookOptions,
} from './webhook.options.js';

/** Provides one of the module's options under a token of its own. */
function part(
  provide: FactoryProvider['provide'],
  option: keyof ResolvedWebhookOptions,
): FactoryProvider {
  return {
    provide,
    useFactory: (options: ResolvedWebhookOptions) => options[option],
    inject: [WEBHOOK_OPTIONS.token],
  };
}

const GROUPS = Object.entries(WEBHOOK_OPTIONS.definition).flatMap(([name, option]) =>
  option instanceof OptionGroup ? [part(option.token, name as keyof ResolvedWebhookOptions)] : [],
);

/**
 * Resolves the options, and gives each feature module its own.
 *
 * @internal
 */
@Global()
@Module({
  providers: [
    {
      provide: WEBHOOK_OPTIONS.token,
      useFactory: resolveWebhookOptions,
      inject: [MODULE_OPTIONS_TOKEN],
    },
    ...GROUPS,
    part(Clock, 'clock'),
    part(Sealer, 'sealWith'),
    part(ROLES, 'roles'),
    { provide: DATABASE_CLOCK, useClass: DatabaseClock },
    {
      provide: OutboundClient,
      useFactory: (clock: Clock, { allow }: ResolvedSendingOptions) =>
        new OutboundClient({ clock, allow }),
      inject: [Clock, SENDING_OPTIONS.token],
    },
    { provide: KEY_FETCH, useFactory: outboundFetch, inject: [OutboundClient] },
    {
      provide: CommitSignal,
      useFactory: ({ dataSource }: SqlDatabase) => new CommitSignal(dataSource),
      inject: [SqlDatabase],
    },
  ],
  exports: [
    ...GROUPS.map(({ provide }) => provide),
    SqlDatabase,
    CommitSignal,
    OutboundClient,
    KEY_FETCH,
    Sealer,
    ROLES,
    Clock,
    DATABASE_CLOCK,
  ],
})
export class WebhookCoreModule extends ConfigurableModuleClass {}
