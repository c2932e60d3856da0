import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../../database/schema/epoch-ms.transformer.js';

/**
 * How far a poller has read, and which process runs it. Without its row, a poller starts as a new one.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_poll_cursor' })
export class PollCursorEntity {
  /** Name of the poller. */
  @PrimaryColumn('varchar', { length: 64 })
  name!: string;

  /** What it reads, and by which columns: the cursor means nothing elsewhere. */
  @Column('varchar', { length: 255 })
  reads!: string;

  /** How far it has read, as JSON; `null` while it has read nothing. */
  @Column('text', { nullable: true })
  cursor!: string | null;

  /** From where a table is read again for rows that appear late, as JSON. */
  @Column('text', { name: 'look_back', nullable: true })
  lookBack!: string | null;

  @Column('boolean')
  paused!: boolean;

  /** The process that runs it, while one does. */
  @Column('varchar', { name: 'leased_by', length: 255, nullable: true })
  leasedBy!: string | null;

  /** Until when, in milliseconds since the epoch, unless the lease is renewed. */
  @Column('bigint', { name: 'lease_until', nullable: true, transformer: epochMs })
  leaseUntil!: number | null;

  /** How many runs were started. Tells a process whose lease has run out from the one that has it. */
  @Column('integer')
  run!: number;

  /** The scheduled instant of the newest tick that was run, by whichever process. */
  @Column('bigint', { name: 'last_tick', nullable: true, transformer: epochMs })
  lastTick!: number | null;

  @Column('bigint', { name: 'last_started_at', nullable: true, transformer: epochMs })
  lastStartedAt!: number | null;

  @Column('bigint', { name: 'last_finished_at', nullable: true, transformer: epochMs })
  lastFinishedAt!: number | null;

  /** Why the last run failed; `null` when it did not. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  /** How many runs have failed since the last that did not. */
  @Column('integer', { default: 0 })
  failures!: number;

  /** How often an API has asked for a pause since the last run that did not fail. */
  @Column('integer', { default: 0 })
  postponements!: number;

  /** Until when the API asked to be left alone. */
  @Column('bigint', { name: 'not_before', nullable: true, transformer: epochMs })
  notBefore!: number | null;

  /** When the last run ended that did not fail. */
  @Column('bigint', { name: 'last_success_at', nullable: true, transformer: epochMs })
  lastSuccessAt!: number | null;
}
