import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';

/**
 * A notification: what to send, and what became of it. Its job (of kind `notification`, with
 * the notification's id as `ref`) tells whether it waits, and why the last attempt failed. Declared
 * for TypeORM's schema and the host's own queries.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_notification' })
@Index('webhook_notification_dedupe', ['key', 'id'], { where: 'dedupe_key IS NOT NULL' })
@Index('webhook_notification_digest', ['keyDigest'], { where: 'key_digest IS NOT NULL' })
export class NotificationEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('varchar', { length: 64 })
  channel!: string;

  /** Sent once per channel, recipient and key; `null` for one that is always sent. */
  @Column('varchar', { name: 'dedupe_key', length: 255, nullable: true })
  key!: string | null;

  /** To whom, in the channel's words. */
  @Column('text')
  recipient!: string;

  /** What the channel needs to send it, as JSON; sealed where the application has a key (`sealWith`). */
  @Column('text')
  payload!: string;

  @Column('bigint', { name: 'created_at', transformer: epochMs })
  createdAt!: number;

  /** When the other side took it, in milliseconds since the epoch; `null` until then. */
  @Column('bigint', { name: 'sent_at', nullable: true, transformer: epochMs })
  sentAt!: number | null;

  /** What the other side said when it took it, such as an SMTP response. */
  @Column('text', { nullable: true })
  receipt!: string | null;

  /** Whether its job was certainly written with it; versions before could lose the job of a notification. */
  @Column('boolean', { default: false })
  queued!: boolean;

  /** Of channel, recipient and key, as in `webhook_notification_key`; `null` without a key. */
  @Column('varchar', { name: 'key_digest', length: 64, nullable: true })
  keyDigest!: string | null;
}
