import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { RuleState } from './rule-state.js';

/**
 * What is remembered of a rule and one of its subjects.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_rule_state' })
export class RuleStateEntity implements RuleState {
  @PrimaryColumn('varchar', { length: 255 })
  rule!: string;

  @PrimaryColumn('varchar', { length: 255 })
  subject!: string;

  /**
   * Whom of the source's customers the subject belongs to; empty for a source without tenants. `*` is a state
   * from before states had a tenant: it holds for every tenant that has none of its own.
   */
  @PrimaryColumn('varchar', { length: 64 })
  tenant!: string;

  /** Whether the condition was true when last looked at. */
  @Column('boolean')
  active!: boolean;

  /**
   * When the newest event that was looked at occurred, in milliseconds since the epoch; the least safe integer
   * for a subject that counts as never seen.
   */
  @Column('bigint', { name: 'occurred_at', transformer: epochMs })
  occurredAt!: number;

  /** When the rule last fired for the subject; `null` when it never has. */
  @Column('bigint', { name: 'fired_at', nullable: true, transformer: epochMs })
  firedAt!: number | null;

  /** How often it has fired for the subject. */
  @Column('integer', { name: 'fire_count' })
  fireCount!: number;
}
