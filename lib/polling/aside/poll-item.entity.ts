import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../../database/schema/epoch-ms.transformer.js';

/**
 * A row or an item of a page that a poller could not take. It was set aside, so that the others go on.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_poll_item' })
export class PollItemEntity {
  /** Name of the poller. */
  @PrimaryColumn('varchar', { length: 64 })
  poller!: string;

  /** What tells it from the others of the poller: of a row its key, of an item of a page a digest. */
  @PrimaryColumn('varchar', { length: 255 })
  item!: string;

  /**
   * `row`: it is read again, and given to the method again; `event`: it cannot be an event as it is; `dropped`: a
   * mark that somebody has given it up; `held`: a mark of where the poller cannot go on.
   */
  @Column('varchar', { length: 8 })
  kind!: 'row' | 'event' | 'dropped' | 'held';

  /** As JSON: the position of the row, or what stands for the event. */
  @Column('text')
  content!: string;

  /** In how many runs it has failed. */
  @Column('integer')
  attempts!: number;

  /** Why, in the last one. */
  @Column('text')
  error!: string;

  @Column('bigint', { name: 'first_failed_at', transformer: epochMs })
  firstFailedAt!: number;

  @Column('bigint', { name: 'last_failed_at', transformer: epochMs })
  lastFailedAt!: number;

  /** Since when it is parked: tried no more, unless by hand; `null` while it is tried in each run. */
  @Column('bigint', { name: 'parked_at', nullable: true, transformer: epochMs })
  parkedAt!: number | null;
}
