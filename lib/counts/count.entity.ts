import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { Counted, CountGrain } from './counted.js';

/**
 * How often something happened in a span of time, in one process.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_count' })
export class CountEntity {
  /** How long the span is. */
  @PrimaryColumn('varchar', { length: 8 })
  grain!: CountGrain;

  /** When the span starts, in milliseconds since the epoch. */
  @PrimaryColumn('bigint', { name: 'starts_at', transformer: epochMs })
  startsAt!: number;

  @PrimaryColumn('varchar', { length: 32 })
  what!: Counted;

  /** Name of the source, poller, handler, rule or channel. */
  @PrimaryColumn('varchar', { length: 255 })
  name!: string;

  /** The process that has counted. */
  @PrimaryColumn('varchar', { length: 128 })
  process!: string;

  @Column('bigint', { transformer: epochMs })
  count!: number;

  /** How long jobs waited, as a JSON array of the counts of each bucket. */
  @Column('text', { nullable: true })
  waiting!: string | null;

  /** How long attempts took, as a JSON array of the counts of each bucket. */
  @Column('text', { nullable: true })
  running!: string | null;
}
