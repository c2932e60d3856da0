import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import type { Clock } from '../clock/clock.js';
import { assertOpenTransaction } from '../database/assert-open-transaction.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { KeySequence } from '../database/key-sequence.js';
import { Sealer } from '../database/sealer.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { ChannelRegistry } from './channel.registry.js';
import { NotificationLog, type NotificationFilter } from './notification.log.js';
import type { Notification } from './notification.js';
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
}

/**
 * What became of a request to notify.
 *
 * @publicApi
 */
export interface NotifyResult {
  /** `duplicate`: there was one with this channel and key before; nothing more is sent. */
  readonly status: 'queued' | 'duplicate';
  /** The notification's id; of the one that was there, for a duplicate. */
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
    private readonly log: NotificationLog,
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    private readonly sealer: Sealer,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
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
    { manager, key }: NotifyOptions = {},
  ): Promise<NotifyResult> {
    const row = this.toRow(notification, key ?? notification.key);
    if (manager === undefined) return this.database.managed((own) => this.add(own, row));
    assertOpenTransaction(manager, 'notify');
    return this.add(manager, row);
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

  private async add(manager: EntityManager, row: NotificationEntity): Promise<NotifyResult> {
    const id = await this.store.add(manager, row);
    if (id !== row.id) return { status: 'duplicate', id };
    await this.queue.addWithin(manager, [
      {
        kind: NOTIFICATION_JOB,
        name: row.channel,
        ref: id,
        bytes: Buffer.byteLength(row.payload),
      },
    ]);
    return { status: 'queued', id };
  }

  /** The channel is asked about the payload as it will come back from the database. */
  private toRow(
    { channel: name, payload: given }: Notification,
    key: string | null | undefined,
  ): NotificationEntity {
    const channel = this.channels.get(name);
    const payload = serializePayload(given);
    const stored: unknown = JSON.parse(payload);
    channel.validate?.(stored);
    const now = this.clock.now();
    const id = this.keys.next(now);
    return {
      id,
      channel: name,
      key: toStoredKey(key),
      recipient: describeError(channel.recipient(stored)),
      payload: this.sealer.sealText(payload, placeOfPayload(id)),
      createdAt: now,
      sentAt: null,
      receipt: null,
      queued: true,
    };
  }
}
