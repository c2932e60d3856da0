import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../../database/schema/epoch-ms.transformer.js';
import type { PauseKind } from './pause.js';

/**
 * A pause that is in force.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_pause' })
export class PauseEntity {
  /** What it is of: `handler`, `source`, `rule`, `channel`, `pool` or `timer`. */
  @PrimaryColumn('varchar', { length: 16 })
  kind!: PauseKind;

  /** Name of the handler, source, rule, channel, pool or timer. */
  @PrimaryColumn('varchar', { length: 255 })
  name!: string;

  /** In milliseconds since the epoch. */
  @Column('bigint', { name: 'paused_at', transformer: epochMs })
  pausedAt!: number;

  /** Who has paused it. */
  @Column('varchar', { name: 'paused_by', length: 255 })
  pausedBy!: string;

  @Column('text')
  reason!: string;
}
