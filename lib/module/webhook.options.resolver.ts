import { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { resolveHandlersOptions } from '../dispatch/handlers.options.resolver.js';
import type { ResolvedHandlersOptions } from '../dispatch/handlers.options.js';
import type { ResolvedDatabaseOptions } from '../database/database.options.js';
import { resolveSealWith } from '../database/seal-with.resolver.js';
import type { Sealer } from '../database/sealer.js';
import { resolveDatabaseOptions } from '../database/database.options.resolver.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { resolveSendingOptions } from '../http/sending.options.resolver.js';
import type { ResolvedSendingOptions } from '../http/sending.options.js';
import { resolveInboxOptions } from '../inbox/inbox.options.resolver.js';
import type { ResolvedInboxOptions } from '../inbox/inbox.options.js';
import { resolveNotificationsOptions } from '../notifications/notifications.options.resolver.js';
import type { ResolvedNotificationsOptions } from '../notifications/notifications.options.js';
import { resolvePollingOptions } from '../polling/polling.options.resolver.js';
import type { ResolvedPollingOptions } from '../polling/polling.options.js';
import { resolveQueueOptions } from '../queue/queue.options.resolver.js';
import type { ResolvedQueueOptions } from '../queue/queue.options.js';
import { resolveRetentionOptions } from '../retention/retention.options.resolver.js';
import type { ResolvedRetentionOptions } from '../retention/retention.options.js';
import { resolveReceiverOptions } from '../receiver/receiver.options.resolver.js';
import type { ResolvedReceiverOptions } from '../receiver/receiver.options.js';
import type { WebhookModuleOptions } from './webhook.options.js';

/** @internal */
export interface ResolvedWebhookOptions {
  readonly receiver: ResolvedReceiverOptions;
  readonly database: ResolvedDatabaseOptions;
  readonly inbox: ResolvedInboxOptions;
  readonly handlers: ResolvedHandlersOptions;
  readonly queue: ResolvedQueueOptions;
  readonly retention: ResolvedRetentionOptions;
  readonly polling: ResolvedPollingOptions;
  readonly notifications: ResolvedNotificationsOptions;
  readonly sending: ResolvedSendingOptions;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

const KEYS: readonly string[] = [
  'path',
  'sources',
  'receiver',
  'database',
  'inbox',
  'handlers',
  'queue',
  'retention',
  'polling',
  'notifications',
  'sending',
  'sealWith',
  'clock',
] satisfies (keyof WebhookModuleOptions)[];

/**
 * Fills in every default and checks every option, once.
 *
 * @throws {ConfigurationError} that names the option, what was given and the cure
 * @internal
 */
export function resolveWebhookOptions(given: WebhookModuleOptions): ResolvedWebhookOptions {
  if (typeof given !== 'object' || given === null) {
    throw ConfigurationError.invalidOption(
      'options',
      'an object',
      given,
      'Return the options from the factory that forRootAsync was given.',
    );
  }
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw ConfigurationError.because(
      unknown,
      `WebhookModule has no option \`${unknown}\`.`,
      `There are: ${KEYS.join(', ')}.`,
    );
  }
  return {
    receiver: resolveReceiverOptions(given),
    database: resolveDatabaseOptions(given.database),
    inbox: resolveInboxOptions(given.inbox),
    handlers: resolveHandlersOptions(given.handlers),
    queue: resolveQueueOptions(given.queue),
    retention: resolveRetentionOptions(given.retention),
    polling: resolvePollingOptions(given.polling),
    notifications: resolveNotificationsOptions(given.notifications),
    sending: resolveSendingOptions(given.sending),
    sealer: resolveSealWith(given.sealWith),
    clock: resolveClock(given.clock),
  };
}

function resolveClock(given: unknown): Clock {
  if (given === undefined) return new SystemClock();
  if (given instanceof Clock) return given;
  throw ConfigurationError.invalidOption(
    'clock',
    'an instance of a class that extends Clock',
    given,
    'Leave it out for the clock of the machine.',
  );
}
