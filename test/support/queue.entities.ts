import { AttemptEntity } from '../../lib/queue/attempt.entity.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { LaneWaitingEntity } from '../../lib/queue/lane-waiting.entity.js';
import { LaneEntity } from '../../lib/queue/lane.entity.js';
import { PauseEntity } from '../../lib/queue/pauses/pause.entity.js';

/** The tables without which no queue runs. */
export const QUEUE_ENTITIES = [
  AttemptEntity,
  JobEntity,
  LaneEntity,
  LaneWaitingEntity,
  PauseEntity,
];
