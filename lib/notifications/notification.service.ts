import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { validate as isUuid } from 'uuid';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { KeySequence } from '../database/key-sequence.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { describeError } from '../errors/describe-error.js';
import { JobEntity } from '../queue/job.entity.js';
import { QueueEngine } from '../queue/queue.engine.js';
import type { JobState } from '../queue/job.js';
import { ChannelRegistry } from './channel.registry.js';
import { InvalidNotificationError } from './invalid-notification.error.js';
import type { Notification } from './notification.js';
import { NotificationEntity } from './notification.entity.js';
import { NotificationStore } from './notification.store.js';
import { placeOfPayload } from './place-of-payload.js';
import { serializePayload } from './payload.serializer.js';

/** Kind of the jobs that send notifications. */
export const NOTIFICATION_JOB = 'notification';

const MAX_KEY_LENGTH = 255;

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
 * Which notifications to list.
 *
 * @publicApi
 */
export interface NotificationFilter {
  readonly channel?: string;
  /** The whole recipient, as it stands in the log. */
  readonly recipient?: string;
  readonly key?: string;
  /** State of the notification's job. */
  readonly state?: JobState;
  /** Most notifications to return. @default 100 */
  readonly limit?: number;
}

/**
 * One line of the log: what was sent to whom and when, or why not.
 *
 * @publicApi
 */
export interface NotificationLogEntry {
  /** Also the `ref` of its job: `QueueService.retryDiscarded(id)` has a discarded one sent again. */
  readonly id: string;
  readonly channel: string;
  /** To whom, in the channel's words: e-mail addresses, the host of a URL. */
  readonly recipient: string;
  readonly key: string | null;
  /** State of its job; `null` where the job is no longer kept. */
  readonly state: JobState | null;
  readonly createdAt: Date;
  /** When the other side took it; `null` until then. */
  readonly sentAt: Date | null;
  /** What the other side said when it took it. */
  readonly receipt: string | null;
  /** Why the last failed attempt failed. */
  readonly lastError: string | null;
}

/** A log entry as the database gives it. */
interface LogRow extends Omit<NotificationLogEntry, 'createdAt' | 'sentAt'> {
  readonly createdAt: string | number;
  readonly sentAt: string | number | null;
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
    if (manager.queryRunner?.isTransactionActive !== true) {
      throw new TypeError(
        'The `manager` of notify() has no open transaction: give it the one that transaction() gives, or none.',
      );
    }
    return this.add(manager, row);
  }

  /** The log, newest first. */
  async list(filter: NotificationFilter = {}): Promise<NotificationLogEntry[]> {
    const { channel, recipient, key, state, limit = 100 } = filter;
    const rows = await this.database.read((manager) => {
      const query = this.log(manager).orderBy('notification.id', 'DESC').limit(limit);
      if (channel !== undefined) query.andWhere('notification.channel = :channel', { channel });
      if (recipient !== undefined) {
        query.andWhere('notification.recipient = :to', { to: recipient });
      }
      if (key !== undefined) query.andWhere('notification.key = :key', { key: toStoredKey(key) });
      if (state !== undefined) query.andWhere('job.state = :state', { state });
      return query.getRawMany<LogRow>();
    });
    return rows.map(toLogEntry);
  }

  /** The log's entry of one notification, or `undefined`. */
  async get(id: string): Promise<NotificationLogEntry | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await this.database.read((manager) =>
      this.log(manager).where('notification.id = :id', { id }).getRawOne<LogRow>(),
    );
    return row === undefined ? undefined : toLogEntry(row);
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

  private log(manager: EntityManager): SelectQueryBuilder<NotificationEntity> {
    return manager
      .createQueryBuilder(NotificationEntity, 'notification')
      .leftJoin(JobEntity, 'job', 'job.ref = notification.id AND job.kind = :kind', {
        kind: NOTIFICATION_JOB,
      })
      .select('notification.id', 'id')
      .addSelect('notification.channel', 'channel')
      .addSelect('notification.recipient', 'recipient')
      .addSelect('notification.key', 'key')
      .addSelect('notification.createdAt', 'createdAt')
      .addSelect('notification.sentAt', 'sentAt')
      .addSelect('notification.receipt', 'receipt')
      .addSelect('job.state', 'state')
      .addSelect('job.lastError', 'lastError');
  }
}

/** A key that is too long for its column, or not storable in every database, is kept as a digest. */
function toStoredKey(key: string | null | undefined): string | null {
  if (key === null || key === undefined) return null;
  if (typeof key !== 'string' || key === '') {
    throw new InvalidNotificationError(
      'key',
      'text',
      key,
      'All notifications without a key would count as one: leave it out to have each of them sent.',
    );
  }
  if (key.length <= MAX_KEY_LENGTH && key.isWellFormed() && !key.includes('\u0000')) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function toLogEntry({ createdAt, sentAt, ...rest }: LogRow): NotificationLogEntry {
  return {
    ...rest,
    createdAt: new Date(Number(createdAt)),
    sentAt: sentAt === null ? null : new Date(Number(sentAt)),
  };
}
