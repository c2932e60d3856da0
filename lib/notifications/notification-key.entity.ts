import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';

/**
 * The promise that a key gives to one recipient of one channel: nothing more is sent to them with it. It
 * outlives its notification.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_notification_key' })
@Index('webhook_notification_key_expiry', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
export class NotificationKeyEntity {
  /** SHA-256 of channel, recipient and key, in hexadecimal: no address is kept for ever. */
  @PrimaryColumn('varchar', { length: 64 })
  digest!: string;

  /** The notification that was stored with the key. It may have been deleted since. */
  @Column('uuid', { name: 'notification_id' })
  notificationId!: string;

  @Column('bigint', { name: 'created_at', transformer: epochMs })
  createdAt!: number;

  /** When the promise ends, in milliseconds since the epoch; `null` for never. */
  @Column('bigint', { name: 'expires_at', nullable: true, transformer: epochMs })
  expiresAt!: number | null;
}
