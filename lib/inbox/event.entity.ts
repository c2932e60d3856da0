import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { PayloadFormat } from '../event/payload-format.js';

/**
 * What the inbox decided about an event: `accepted` (it has jobs), `ignored` (no handler or rule wants its
 * type), `rejected` (its payload failed a schema, and the source keeps such events).
 *
 * @publicApi
 */
export type EventStatus = 'accepted' | 'ignored' | 'rejected';

/**
 * A stored event, for TypeORM's schema and for the host's own queries.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_event' })
@Index('webhook_event_identity', ['id', 'source', 'tenant'], { unique: true })
export class EventEntity {
  /** The library's key of the event: a UUID that begins with the time of receipt. */
  @PrimaryColumn('uuid')
  key!: string;

  /** Name of the source. */
  @Column('varchar', { length: 64 })
  source!: string;

  /** The tenant; empty for a source without tenants. */
  @Column('varchar', { length: 64 })
  tenant!: string;

  /** The sender's id; unique together with source and tenant. */
  @Column('varchar', { name: 'event_id', length: 255 })
  id!: string;

  @Column('varchar', { length: 255 })
  type!: string;

  @Column('varchar', { length: 16 })
  status!: EventStatus;

  /** Why it was rejected. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** When the event happened, in milliseconds since the epoch. */
  @Column('bigint', { name: 'occurred_at', transformer: epochMs })
  occurredAt!: number;

  /** When the application received it, in milliseconds since the epoch. */
  @Column('bigint', { name: 'received_at', transformer: epochMs })
  receivedAt!: number;

  /** The headers that the source keeps, as a JSON object; sealed if the body is. */
  @Column('text')
  headers!: string;

  /**
   * The bytes as received: as text if they are UTF-8, otherwise in base64, or sealed. See
   * {@link bodyEncoding}.
   */
  @Column('text')
  body!: string;

  @Column('varchar', { name: 'body_encoding', length: 8 })
  bodyEncoding!: BodyEncoding;

  @Column('varchar', { length: 8 })
  format!: PayloadFormat;

  /**
   * Path of the event's data in the payload; empty for the whole. In a `formjson` body, it begins with the
   * field.
   */
  @Column('varchar', { name: 'data_path', length: 255 })
  dataPath!: string;

  /** The content type, if reading the body needs its character set or boundary. */
  @Column('varchar', { name: 'content_type', length: 255, nullable: true })
  contentType!: string | null;
}

/** The encoding of a body in its text column, a type that every database has. */
export type BodyEncoding = 'utf8' | 'base64' | 'sealed';
