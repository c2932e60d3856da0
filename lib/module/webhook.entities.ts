import { CountEntity } from '../counts/count.entity.js';
import { HandlerEntity } from '../dispatch/handler.entity.js';
import { EventEntity } from '../inbox/event.entity.js';
import { NotificationEntity } from '../notifications/notification.entity.js';
import { NotificationKeyEntity } from '../notifications/notification-key.entity.js';
import { PollCursorEntity } from '../polling/cursor/poll-cursor.entity.js';
import { PollItemEntity } from '../polling/aside/poll-item.entity.js';
import { ProcessEntity } from '../processes/process.entity.js';
import { AttemptEntity } from '../queue/attempt.entity.js';
import { JobEntity } from '../queue/job.entity.js';
import { LaneEntity } from '../queue/lane.entity.js';
import { LaneWaitingEntity } from '../queue/lane-waiting.entity.js';
import { PauseEntity } from '../queue/pauses/pause.entity.js';
import { RuleFiringEntity } from '../rules/firings/rule-firing.entity.js';
import { RuleStateEntity } from '../rules/rule-state.entity.js';
import { TimerEntity } from '../timers/timer.entity.js';

/**
 * The entities of this library, for a data source that lists its entities instead of setting
 * `autoLoadEntities`.
 *
 * @example
 * ```ts
 * TypeOrmModule.forRoot({ type: 'postgres', url, entities: [User, ...webhookEntities] })
 * ```
 * @publicApi
 */
export const webhookEntities = [
  EventEntity,
  CountEntity,
  HandlerEntity,
  JobEntity,
  LaneEntity,
  LaneWaitingEntity,
  PauseEntity,
  AttemptEntity,
  NotificationEntity,
  NotificationKeyEntity,
  PollCursorEntity,
  PollItemEntity,
  ProcessEntity,
  RuleFiringEntity,
  RuleStateEntity,
  TimerEntity,
] as const;
