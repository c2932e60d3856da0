import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { PayloadFormat } from '../event/payload-format.js';

/**
 * What the inbox made of an event: `accepted` (handlers want it), `ignored` (nobody wants its type),
 * `rejected` (its payload failed a schema, and the source keeps such events).
 *
 * @publicApi
 */
export type EventStatus = 'accepted' | 'ignored' | 'rejected';

/**
 * A stored event. Declared for TypeORM's schema and the host's own queries.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_event' })
@Index('webhook_event_identity', ['id', 'source', 'tenant'], { unique: true })
export class EventEntity {
  @PrimaryColumn('uuid')
  key!: string;

  @Column('varchar', { length: 64 })
  source!: string;

  @Column('varchar', { length: 64 })
  tenant!: string;

  @Column('varchar', { name: 'event_id', length: 255 })
  id!: string;

  @Column('varchar', { length: 255 })
  type!: string;

  @Column('varchar', { length: 16 })
  status!: EventStatus;

  /** Why it was rejected. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('bigint', { name: 'occurred_at', transformer: epochMs })
  occurredAt!: number;

  @Column('bigint', { name: 'received_at', transformer: epochMs })
  receivedAt!: number;

  /** The headers that the source keeps, as a JSON object; sealed where the body is. */
  @Column('text')
  headers!: string;

  /** The bytes as received: as text where they are one, else in base64, or sealed. See {@link bodyEncoding}. */
  @Column('text')
  body!: string;

  @Column('varchar', { name: 'body_encoding', length: 8 })
  bodyEncoding!: BodyEncoding;

  @Column('varchar', { length: 8 })
  format!: PayloadFormat;

  /** Where in the payload the event's data is; empty for the whole. In a `formjson` body, the field is first. */
  @Column('varchar', { name: 'data_path', length: 255 })
  dataPath!: string;

  /** The content type of a body that nobody can read without it: for its character set or boundary. */
  @Column('varchar', { name: 'content_type', length: 255, nullable: true })
  contentType!: string | null;
}

/** How the bytes of a body are kept in a text column, the one type that every database has. */
export type BodyEncoding = 'utf8' | 'base64' | 'sealed';
