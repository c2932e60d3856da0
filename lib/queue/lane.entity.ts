import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';

/**
 * A lane that has an open job: which one of its jobs may run. The row is locked by whoever changes that.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_lane' })
export class LaneEntity {
  @PrimaryColumn('varchar', { length: 255 })
  lane!: string;

  /** The job that may run; the others of the lane wait. */
  @Column('uuid')
  head!: string;
}
