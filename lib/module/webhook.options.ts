import { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { DATABASE_OPTIONS, type DatabaseOptions } from '../database/database.options.js';
import { resolveSealWith } from '../database/seal-with.resolver.js';
import type { Sealer } from '../database/sealer.js';
import { HANDLERS_OPTIONS, type HandlersOptions } from '../dispatch/handlers.options.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { SENDING_OPTIONS, type SendingOptions } from '../http/sending.options.js';
import { INBOX_OPTIONS, type InboxOptions } from '../inbox/inbox.options.js';
import {
  NOTIFICATIONS_OPTIONS,
  type NotificationsOptions,
} from '../notifications/notifications.options.js';
import { isRecord } from '../options/is-record.js';
import { checkedBy } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import { POLLING_OPTIONS, type PollingOptions } from '../polling/polling.options.js';
import { ROLES_OPTION } from '../processes/roles.option.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue/queue.options.js';
import {
  completeReceiverOptions,
  RECEIVER_OPTIONS,
  type ReceiverOptions,
} from '../receiver/receiver.options.js';
import { RECEIVER_PATH } from '../receiver/receiver.path.js';
import { SOURCES } from '../receiver/sources.option.js';
import { RETENTION_OPTIONS, type RetentionOptions } from '../retention/retention.options.js';

/** @internal */
export const WEBHOOK_OPTIONS = optionGroup(
  '',
  {
    /** Where sources post to: `POST /<path>/:source`, below the application's global prefix. @default 'webhooks' */
    path: RECEIVER_PATH,
    /** Senders by name, each with its signature scheme, or with more options of its own. @default none */
    sources: SOURCES,
    /**
     * What this process does: `receive` (it has the route to which sources post), `work` (it runs jobs, and
     * deletes old rows), `poll` (it runs pollers by their schedules). Give all processes the same sources,
     * and each its own roles. @default ['receive', 'work', 'poll']
     */
    roles: ROLES_OPTION,
    /** How requests are received. */
    receiver: RECEIVER_OPTIONS.as<ReceiverOptions>(),
    /** How the data source is used. */
    database: DATABASE_OPTIONS.as<DatabaseOptions>(),
    /** How events are stored. */
    inbox: INBOX_OPTIONS.as<InboxOptions>(),
    /** How handlers and rules are called. */
    handlers: HANDLERS_OPTIONS.as<HandlersOptions>(),
    /** How jobs are run. */
    queue: QUEUE_OPTIONS.as<QueueOptions>(),
    /** How long to keep rows of completed and discarded work. */
    retention: RETENTION_OPTIONS.as<RetentionOptions>(),
    /** How sources that send nothing are polled. */
    polling: POLLING_OPTIONS.as<PollingOptions>(),
    /** The channels that send notifications. */
    notifications: NOTIFICATIONS_OPTIONS.as<NotificationsOptions>(),
    /** How to send requests to other servers: those of `httpPost()`. */
    sending: SENDING_OPTIONS.as<SendingOptions>(),
    /**
     * Keys of 32 random bytes, in base64 or hexadecimal (`openssl rand -base64 32`). The library stores the
     * payloads of notifications and timers, and the events of sources whose requests contain a secret, sealed with the
     * first key, and opens them with any key. @default none: they are stored unsealed
     */
    sealWith: checkedBy<readonly (string | undefined)[], Sealer>(resolveSealWith),
    /** Tells the time; for tests. @default the machine's clock */
    clock: checkedBy<Clock>(resolveClock),
  },
  ({ roles, ...options }) => ({
    ...options,
    roles,
    receiver: { ...completeReceiverOptions(options), enabled: roles.includes('receive') },
    queue: { ...options.queue, enabled: roles.includes('work') },
    polling: { ...options.polling, enabled: roles.includes('poll') },
  }),
);

/**
 * The options of the module. Each has a default; an application that only polls needs no sources.
 *
 * @publicApi
 */
export interface WebhookModuleOptions extends OptionsOf<typeof WEBHOOK_OPTIONS> {}

/** @internal */
export type ResolvedWebhookOptions = ResolvedOf<typeof WEBHOOK_OPTIONS>;

/**
 * Fills in every default and checks every option, once.
 *
 * @throws {ConfigurationError} that names the option, what was given and the cure
 * @internal
 */
export function resolveWebhookOptions(given: unknown): ResolvedWebhookOptions {
  if (isRecord(given)) return WEBHOOK_OPTIONS.resolve(given);
  throw ConfigurationError.invalidOption(
    'options',
    'an object',
    given,
    'Return the options from the factory of forRootAsync.',
  );
}

/**
 * Options that the module needs before it resolves the others: among them in `forRoot`, beside `useFactory`
 * in `forRootAsync`.
 *
 * @publicApi
 */
export interface WebhookModuleExtras {
  /** Name of the TypeORM data source to store events in. @default the default data source */
  readonly dataSource?: string | undefined;
}

function resolveClock(given: unknown, name: string): Clock {
  if (given === undefined) return new SystemClock();
  if (given instanceof Clock) return given;
  throw ConfigurationError.invalidOption(
    name,
    'an instance of a class that extends Clock',
    given,
    'Leave it out for the clock of the machine.',
  );
}
