import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../../database/schema/epoch-ms.transformer.js';

/**
 * A firing of a rule: the durable fact that its condition became true for a subject. Its job (of kind
 * `firing`, with the firing's id as `ref`) runs the rule's method. Declared for TypeORM's schema and the host's
 * own queries.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_rule_firing' })
@Index('webhook_rule_firing_event', ['eventKey', 'rule'], { unique: true })
@Index('webhook_rule_firing_rule', ['rule', 'id'])
@Index('webhook_rule_firing_subject', ['rule', 'subject', 'id'])
export class RuleFiringEntity {
  /** A UUID that begins with the time of the firing. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('varchar', { length: 255 })
  rule!: string;

  /** Whom of the source's customers the subject belongs to; empty for a source without tenants. */
  @Column('varchar', { length: 64 })
  tenant!: string;

  @Column('varchar', { length: 255 })
  subject!: string;

  /** Key of the event that made the condition true: a rule fires at most once for an event. */
  @Column('uuid', { name: 'event_key' })
  eventKey!: string;

  /** How often the rule had fired for the subject by then, this time included. */
  @Column('integer', { name: 'fire_count' })
  fireCount!: number;

  /** In milliseconds since the epoch. */
  @Column('bigint', { name: 'fired_at', transformer: epochMs })
  firedAt!: number;

  /**
   * The notifications that the rule's method has returned, as a JSON array of their ids, and of those that are
   * duplicates; `null` before the method has succeeded.
   */
  @Column('text', { nullable: true })
  notified!: string | null;
}
