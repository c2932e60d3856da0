import type { Clock } from '../clock/clock.js';
import type { HandlersOptions } from '../dispatch/handlers.options.js';
import type { DatabaseOptions } from '../database/database.options.js';
import type { SendingOptions } from '../http/sending.options.js';
import type { InboxOptions } from '../inbox/inbox.options.js';
import type { NotificationsOptions } from '../notifications/notifications.options.js';
import type { PollingOptions } from '../polling/polling.options.js';
import type { QueueOptions } from '../queue/queue.options.js';
import type { RetentionOptions } from '../retention/retention.options.js';
import type { ReceiverOptions, SourcesOption } from '../receiver/receiver.options.js';

/**
 * What a host may set. Everything has a default; an application that only polls needs no sources.
 *
 * @publicApi
 */
export interface WebhookModuleOptions {
  /** Where sources post to: `POST /<path>/:source`, below the application's global prefix. @default 'webhooks' */
  readonly path?: string;
  /** Senders by name, each with its signature scheme, or with more options of its own. @default none */
  readonly sources?: SourcesOption;
  /** How requests are received. */
  readonly receiver?: ReceiverOptions;
  /** How the data source is used. */
  readonly database?: DatabaseOptions;
  /** How events are stored. */
  readonly inbox?: InboxOptions;
  /** How handlers and rules are called. */
  readonly handlers?: HandlersOptions;
  /** How jobs are run. */
  readonly queue?: QueueOptions;
  /** How long what has ended is kept. */
  readonly retention?: RetentionOptions;
  /** How sources that send nothing are polled. */
  readonly polling?: PollingOptions;
  /** By which channels notifications are sent. */
  readonly notifications?: NotificationsOptions;
  /** How requests to other servers are sent: those of `httpPost()`. */
  readonly sending?: SendingOptions;
  /**
   * Keys of 32 random bytes, in base64 or hexadecimal (`openssl rand -base64 32`). The payloads of
   * notifications, and the events of sources that show a secret, are sealed with the first one before they
   * are stored, and opened with any of them. @default none: they lie in clear
   */
  readonly sealWith?: readonly (string | undefined)[];
  /** Tells the time; for tests. @default the machine's clock */
  readonly clock?: Clock;
}

/**
 * What has to be known before the options are: given among them in `forRoot`, beside `useFactory` in
 * `forRootAsync`.
 *
 * @publicApi
 */
export interface WebhookModuleExtras {
  /** Name of the TypeORM data source to store events in. @default the default data source */
  readonly dataSource?: string | undefined;
}
