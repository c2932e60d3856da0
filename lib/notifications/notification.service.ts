import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import type { Clock } from '../clock/clock.js';
import type { Duration } from '../clock/duration.js';
import { assertOpenTransaction } from '../database/assert-open-transaction.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { canMatch } from '../database/paging/can-match.js';
import { KeySequence } from '../database/key-sequence.js';
import { Sealer } from '../database/sealer.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import type { JobLane } from '../queue/job.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { ChannelRegistry } from './channel.registry.js';
import { InvalidNotificationError } from './invalid-notification.error.js';
import { keyDigest, recipientText } from './key-digest.js';
import { keyExpiry } from './key-expiry.js';
import { NotificationCanceller, type NotificationCancellation } from './notification.canceller.js';
import { NotificationKeyStore } from './notification-key.store.js';
import {
  NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from './notifications.options.js';
import { NotificationLog, type NotificationFilter } from './notification.log.js';
import type { Notification } from './notification.js';
import { laneOf } from './notification-lane.js';
import { NOTIFICATION_JOB } from './notification-job.js';
import type { NotificationView } from './notification.view.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationStore } from './notification.store.js';
import { placeOfPayload } from './place-of-payload.js';
import { serializePayload } from './payload.serializer.js';
import { toStoredKey } from './stored-key.js';

/**
 * How a notification is stored.
 *
 * @publicApi
 */
export interface NotifyOptions {
  /**
   * The open transaction to store it in, so that it is sent if, and only if, that commits.
   * @default a transaction of its own
   */
  readonly manager?: EntityManager;
  /** Takes the place of the notification's own key. */
  readonly key?: string;
  /** Takes the place of the notification's own `keepKeyFor`: such as `'90d'`, or milliseconds; `Infinity` for ever. */
  readonly keepKeyFor?: Duration;
}

/**
 * Which of the notifications with a key to cancel.
 *
 * @publicApi
 */
export interface CancelOptions {
  /** Name of their channel. @default all channels; with a recipient, those that this process has */
  readonly channel?: string;
  /** Their recipient, as the channel's `recipient()` gives it. @default all recipients */
  readonly recipient?: string;
  /**
   * The open transaction in which to cancel, so that it takes effect if, and only if, that commits.
   * @default transactions of its own, one for each 500 notifications
   */
  readonly manager?: EntityManager;
}

/**
 * What became of a request to notify.
 *
 * @publicApi
 */
export interface NotifyResult {
  /** `duplicate`: the recipient has one with this key, which is still kept; nothing more is sent. */
  readonly status: 'queued' | 'duplicate';
  /** The notification's id; for a duplicate, of the one that has the key, which may be deleted by now. */
  readonly id: string;
}

/**
 * Sends notifications, and keeps the log of them.
 *
 * @example
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.save(order);
 *   const notification = email({ to: order.email, subject: 'Your order', text: '...', key: `order:${order.id}` });
 *   await notifications.notify(notification, { manager });
 * });
 * ```
 * @publicApi
 */
@Injectable()
export class NotificationService {
  private readonly keys = new KeySequence();

  constructor(
    private readonly channels: ChannelRegistry,
    private readonly store: NotificationStore,
    private readonly heldKeys: NotificationKeyStore,
    private readonly canceller: NotificationCanceller,
    private readonly log: NotificationLog,
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    private readonly sealer: Sealer,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
    @Inject(NOTIFICATIONS_OPTIONS.token) private readonly options: ResolvedNotificationsOptions,
  ) {}

  /**
   * Stores a notification, to be sent by a job. It resolves when that is certain, and does not wait
   * for the sending.
   *
   * @param notification made by `email`, `httpPost`, or for a channel of the host
   * @param options the transaction to store it in
   * @throws {InvalidNotificationError} when its channel could never send it
   * @throws {UnknownChannelError} when there is no such channel
   * @throws {ConfigurationError} when the e-mail channel has no mailer
   */
  async notify(
    notification: Notification,
    { manager, key, keepKeyFor }: NotifyOptions = {},
  ): Promise<NotifyResult> {
    const row = this.toRow(notification, key ?? notification.key);
    const keepFor = keepKeyFor ?? notification.keepKeyFor ?? this.options.keepKeyFor;
    const expiresAt = keyExpiry(row.createdAt, keepFor);
    const wanted = { row, expiresAt, lane: laneOf(row.channel, notification) };
    if (manager === undefined) return this.database.managed((own) => this.add(own, wanted));
    assertOpenTransaction(manager, 'notify');
    return this.add(manager, wanted);
  }

  /**
   * Cancels the notifications with a key that wait to be sent, and frees their keys: the next `notify()` with the
   * key sends. The answer is exact, also while other processes send: what counts as `cancelled` was not sent and
   * will not be.
   *
   * @param key of the notifications
   * @param options which of them, and the transaction
   * @returns how many there were, by what became of them
   * @throws {InvalidNotificationError} for a key, channel or recipient that is no text
   *
   * @example
   * ```ts
   * const { sent } = await notifications.cancel(`reminder:${order.id}`, { channel: 'email' });
   * ```
   */
  async cancel(
    key: string,
    { channel, recipient, manager }: CancelOptions = {},
  ): Promise<NotificationCancellation> {
    const stored = toStoredKey(assertText('key', key));
    if (manager !== undefined) assertOpenTransaction(manager, 'cancel');
    if (channel !== undefined) assertText('channel', channel);
    if (recipient === undefined) {
      const where = { key: stored, ...(channel !== undefined && { channel }) };
      return this.canceller.cancel(canMatch({ channel }) ? where : { id: In([]) }, manager);
    }
    assertText('recipient', recipient);
    const channels = channel === undefined ? this.channels.names : [channel];
    const digests = channels.map((name) => keyDigest(name, recipient, stored));
    return this.canceller.cancel({ keyDigest: In(digests) }, manager);
  }

  /**
   * Lists the log, the newest notification first. Filtered by the state `available`, `running`, `retryable` or
   * `discarded`, and not by key, it is in the order of {@link QueueService.list}.
   *
   * @param filter which notifications. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this filter
   */
  list(filter: NotificationFilter = {}, page: PageOptions = {}): Promise<Page<NotificationView>> {
    return this.log.list(filter, page);
  }

  /** The log's entry of one notification, or `undefined`. */
  async get(id: string): Promise<NotificationView | undefined> {
    return isUuid(id) ? this.log.get(id) : undefined;
  }

  private async add(
    manager: EntityManager,
    { row, expiresAt, lane }: Wanted,
  ): Promise<NotifyResult> {
    const { id, keyDigest: digest, createdAt } = row;
    if (digest !== null) {
      const wanted = { digest, notificationId: id, createdAt, expiresAt };
      const holder = await this.heldKeys.take(manager, wanted);
      if (holder !== id) return { status: 'duplicate', id: holder };
    }
    await this.store.add(manager, row);
    await this.queue.addWithin(manager, [
      {
        kind: NOTIFICATION_JOB,
        name: row.channel,
        ref: id,
        bytes: Buffer.byteLength(row.payload),
        lane,
      },
    ]);
    return { status: 'queued', id };
  }

  /** The channel is asked about the payload as it will come back from the database. */
  private toRow(
    { channel: name, payload: given }: Notification,
    givenKey: string | null | undefined,
  ): NotificationEntity {
    const key = toStoredKey(givenKey);
    const channel = this.channels.get(name);
    const payload = serializePayload(given);
    const stored: unknown = JSON.parse(payload);
    channel.validate?.(stored);
    const now = this.clock.now();
    const id = this.keys.next(now);
    const recipient: unknown = channel.recipient(stored);
    return {
      id,
      channel: name,
      key,
      recipient: describeError(recipient),
      payload: this.sealer.sealText(payload, placeOfPayload(id)),
      createdAt: now,
      sentAt: null,
      receipt: null,
      queued: true,
      keyDigest: key === null ? null : keyDigest(name, recipientText(recipient), key),
    };
  }
}

/** A notification that is to be stored. */
interface Wanted {
  readonly row: NotificationEntity;
  /** Until when its key is kept, in milliseconds since the epoch; `null` for ever. */
  readonly expiresAt: number | null;
  readonly lane: JobLane | undefined;
}

/** What is no text would select all notifications. */
function assertText(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidNotificationError(field, 'text', value);
}
