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

  /** Tells it from the poller's other items: the key of a row, or a digest of an item of a page. */
  @PrimaryColumn('varchar', { length: 255 })
  item!: string;

  /**
   * `row`: a run reads it again, and gives it to the method again; `event`: an item of a page that is not an event;
   * `dropped`: a mark that it was given up by hand; `held`: a mark of where the poller cannot go on.
   */
  @Column('varchar', { length: 8 })
  kind!: 'row' | 'event' | 'dropped' | 'held';

  /** As JSON: the position of the row, or the item. */
  @Column('text')
  content!: string;

  /** In how many runs it has failed. */
  @Column('integer')
  attempts!: number;

  /** Why it failed in the last of them. */
  @Column('text')
  error!: string;

  @Column('bigint', { name: 'first_failed_at', transformer: epochMs })
  firstFailedAt!: number;

  @Column('bigint', { name: 'last_failed_at', transformer: epochMs })
  lastFailedAt!: number;

  /** Since when it is parked: no longer retried, unless by hand; `null` while each run retries it. */
  @Column('bigint', { name: 'parked_at', nullable: true, transformer: epochMs })
  parkedAt!: number | null;
}
