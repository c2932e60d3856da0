import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';

/**
 * A timer. Its job (of kind `timer`, with the timer's id as `ref`) tells whether it waits, and why the last
 * attempt failed. Declared for TypeORM's schema and the host's own queries.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_timer' })
@Index('webhook_timer_key', ['name', 'key', 'latest'], { unique: true })
export class TimerEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** Name of the `@OnTimer` method that it runs. */
  @Column('varchar', { length: 200 })
  name!: string;

  @Column('varchar', { name: 'timer_key', length: 255 })
  key!: string;

  /**
   * `true` for the timer that was set last with its name and key, and `null` for those before: a unique index
   * allows many of these.
   */
  @Column('boolean', { nullable: true })
  latest!: true | null;

  /** What its method gets, as JSON; sealed where the application has a key (`sealWith`). */
  @Column('text', { nullable: true })
  payload!: string | null;

  /** When it runs first, in milliseconds since the epoch. */
  @Column('bigint', { name: 'run_at', transformer: epochMs })
  runAt!: number;

  /** When it was set or last replaced, in milliseconds since the epoch. */
  @Column('bigint', { name: 'set_at', transformer: epochMs })
  setAt!: number;

  @Column('uuid', { name: 'job_id', nullable: true })
  jobId!: string | null;
}
