import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';

/**
 * A process that runs the application, or has run it in the last days.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_process' })
export class ProcessEntity {
  /** As in `leased_by` of the jobs that it has leased. */
  @PrimaryColumn('varchar', { length: 255 })
  id!: string;

  /** Name of its machine. */
  @Column('varchar', { length: 255 })
  host!: string;

  /** Its number on that machine. */
  @Column('integer')
  pid!: number;

  /** Version of this library. */
  @Column('varchar', { length: 64 })
  version!: string;

  /** What it does, such as `receive,work,poll`. */
  @Column('varchar', { length: 64 })
  roles!: string;

  @Column('bigint', { name: 'started_at', transformer: epochMs })
  startedAt!: number;

  /** When it last said that it runs, in milliseconds since the epoch, by the database's clock. */
  @Column('bigint', { name: 'beat_at', transformer: epochMs })
  beatAt!: number;

  /** When it stopped in good order; `null` while it runs, and where it was killed. */
  @Column('bigint', { name: 'stopped_at', nullable: true, transformer: epochMs })
  stoppedAt!: number | null;
}
