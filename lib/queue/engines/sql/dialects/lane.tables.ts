import type { SqlDatabase } from '../../../../database/sql-database.js';
import { JobEntity } from '../../../job.entity.js';
import { LaneWaitingEntity } from '../../../lane-waiting.entity.js';
import { LaneEntity } from '../../../lane.entity.js';

/** The quoted names of the tables that lanes need. */
export interface LaneTables {
  readonly job: string;
  readonly lane: string;
  readonly waiting: string;
}

/** @internal */
export function laneTables(database: SqlDatabase): LaneTables {
  return {
    job: database.table(JobEntity),
    lane: database.table(LaneEntity),
    waiting: database.table(LaneWaitingEntity),
  };
}
