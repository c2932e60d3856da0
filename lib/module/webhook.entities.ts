import { HandlerEntity } from '../dispatch/handler.entity.js';
import { EventEntity } from '../inbox/event.entity.js';
import { NotificationEntity } from '../notifications/notification.entity.js';
import { NotificationKeyEntity } from '../notifications/notification-key.entity.js';
import { PollCursorEntity } from '../polling/cursor/poll-cursor.entity.js';
import { PollItemEntity } from '../polling/aside/poll-item.entity.js';
import { AttemptEntity } from '../queue/attempt.entity.js';
import { JobEntity } from '../queue/job.entity.js';
import { RuleStateEntity } from '../rules/rule-state.entity.js';

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
  HandlerEntity,
  JobEntity,
  AttemptEntity,
  NotificationEntity,
  NotificationKeyEntity,
  PollCursorEntity,
  PollItemEntity,
  RuleStateEntity,
] as const;
