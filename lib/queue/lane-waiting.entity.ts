import { Entity, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';

/**
 * A job that waits in its lane, for the jobs with smaller ids.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_lane_waiting' })
export class LaneWaitingEntity {
  @PrimaryColumn('varchar', { length: 255 })
  lane!: string;

  @PrimaryColumn('uuid', { name: 'job_id' })
  jobId!: string;
}
