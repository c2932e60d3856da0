import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';

/**
 * A handler, rule or timer that processes which run jobs have. Processes that only receive plan jobs from it.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_handler' })
export class HandlerEntity {
  @PrimaryColumn('varchar', { length: 255 })
  name!: string;

  /** Digest of source and patterns: two versions of a handler stand beside each other during a deployment. */
  @PrimaryColumn('varchar', { length: 64 })
  definition!: string;

  /** `null` for every source. */
  @Column('varchar', { length: 64, nullable: true })
  source!: string | null;

  /** The event types that it wants, as a JSON array; empty for a timer. */
  @Column('text')
  patterns!: string;

  /** How often its jobs are tried; `null` for the queue's `maxAttempts`. */
  @Column('integer', { name: 'max_attempts', nullable: true })
  maxAttempts!: number | null;

  /** When a process last said that it has it, in milliseconds since the epoch. */
  @Column('bigint', { name: 'seen_at', transformer: epochMs })
  seenAt!: number;

  /** Whether its events may have lanes. */
  @Column('boolean', { name: 'has_lanes', default: false })
  hasLanes!: boolean;
}
