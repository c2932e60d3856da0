import type { MigrationInterface } from 'typeorm';
import { AddPollFaults1764150100000 } from '../migrations/add-poll-faults.migration.js';
import { AddNotificationQueued1764150400000 } from '../migrations/add-notification-queued.migration.js';
import { CreateWebhookCount1764151100000 } from '../migrations/create-webhook-count.migration.js';
import { CreateWebhookPause1764151200000 } from '../migrations/create-webhook-pause.migration.js';
import { CreateWebhookHandler1764150200000 } from '../migrations/create-webhook-handler.migration.js';
import { AddJobShares1764150560000 } from '../migrations/add-job-shares.migration.js';
import { AddLanes1764150550000 } from '../migrations/add-lanes.migration.js';
import { AddEventContentType1764150500000 } from '../migrations/add-event-content-type.migration.js';
import { CreateWebhookTimer1764150700000 } from '../migrations/create-webhook-timer.migration.js';
import { CreateWebhookProcess1764151000000 } from '../migrations/create-webhook-process.migration.js';
import { AddRuleFirings1764150600000 } from '../migrations/add-rule-firings.migration.js';
import { AddNotificationKeys1764150800000 } from '../migrations/add-notification-keys.migration.js';
import { CreateWebhookAttempt1764150900000 } from '../migrations/create-webhook-attempt.migration.js';
import { CreateWebhookTables1763942400000 } from '../migrations/create-webhook-tables.migration.js';
import { CountAttemptsByStart1764150000000 } from '../migrations/count-attempts-by-start.migration.js';
import { PrefixIndexNames1764140000000 } from '../migrations/prefix-index-names.migration.js';

/**
 * The migrations that create this library's tables, oldest first, for a data source that does not
 * `synchronize`. They use the data source's schema and `entityPrefix`. A new version of the library may add
 * migrations; start-up fails if one has not been run.
 *
 * @example
 * ```ts
 * TypeOrmModule.forRoot({
 *   type: 'postgres',
 *   url,
 *   autoLoadEntities: true,
 *   migrations: [...webhookMigrations, ...ownMigrations],
 *   migrationsRun: true,
 * })
 * ```
 * @publicApi
 */
export const webhookMigrations: readonly (new () => MigrationInterface)[] = [
  CreateWebhookTables1763942400000,
  PrefixIndexNames1764140000000,
  CountAttemptsByStart1764150000000,
  AddPollFaults1764150100000,
  CreateWebhookHandler1764150200000,
  AddNotificationQueued1764150400000,
  AddEventContentType1764150500000,
  AddLanes1764150550000,
  AddJobShares1764150560000,
  AddRuleFirings1764150600000,
  CreateWebhookTimer1764150700000,
  AddNotificationKeys1764150800000,
  CreateWebhookAttempt1764150900000,
  CreateWebhookProcess1764151000000,
  CreateWebhookCount1764151100000,
  CreateWebhookPause1764151200000,
];
