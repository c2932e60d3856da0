// The public API, by feature. Everything else is internal.

export { WebhookModule } from './module/webhook.module.js';
export type { WebhookModuleExtras, WebhookModuleOptions } from './module/webhook.options.js';
export { webhookEntities } from './module/webhook.entities.js';
export { webhookMigrations } from './module/webhook.migrations.js';

// Errors
export { DatabaseBusyError } from './database/sqlite/database-busy.error.js';
export { DatabaseTimeoutError } from './database/database-timeout.error.js';
export { TransactionEndedError } from './database/transaction-ended.error.js';
export { PacketTooLargeError } from './database/mysql/packet-too-large.error.js';
export { SchemaFailedError } from './event/schema-failed.error.js';
export { LeaseLostError } from './queue/lease-lost.error.js';
export { AcceptTimeoutError } from './inbox/accept-timeout.error.js';
export { OverloadedError } from './queue/engines/sql/overloaded.error.js';
export { InvalidNotificationError } from './notifications/invalid-notification.error.js';
export { SealedError } from './database/sealed.error.js';
export { UnknownChannelError } from './notifications/unknown-channel.error.js';
export { InvalidTimerError } from './timers/invalid-timer.error.js';
export { UnknownTimerError } from './timers/unknown-timer.error.js';
export { PolledEventError } from './polling/polled-event.error.js';
export { PollLeaseLostError } from './polling/cursor/poll-lease-lost.error.js';
export { UnknownPollerError } from './polling/unknown-poller.error.js';

// Clock
export { Clock, type CancelTimer } from './clock/clock.js';
export { SystemClock } from './clock/system.clock.js';

// Events
export type { WebhookEvent } from './event/webhook-event.js';
export type { EventOf, PatternOf } from './event/event-of.js';
export { EventPattern } from './event/event-pattern.js';
export type { PayloadIssue, PayloadSchema } from './event/payload-schema.js';

// Receiving
export type { ReceiverOptions } from './receiver/receiver.options.js';
export type { GivenFact, SchemeOption, SourceOptions } from './receiver/source.options.js';
export type { SourcesOption } from './receiver/sources.option.js';

// Signatures: for schemes of your own; the senders are in the entry `nestjs-hookline/signatures`
export { WebhookError } from './errors/webhook.error.js';
export { ConfigurationError } from './errors/configuration.error.js';
export { KeyUnavailableError } from './signatures/keys/key-unavailable.error.js';
export type {
  EventFacts,
  HandshakeAnswer,
  HandshakeContext,
  Refused,
  RefusalReason,
  SenderAnswers,
  SignatureScheme,
  SignedRequest,
  Verification,
  Verified,
  VerifyContext,
} from './signatures/signature-scheme.js';
export type { SecretStore } from './signatures/keys/secret.store.js';
export type { FormFields, FormFile } from './event/form-fields.js';
export type { PayloadFormat } from './event/payload-format.js';
export { credential, type CredentialOptions } from './signatures/schemes/credential.scheme.js';
export { hmac } from './signatures/schemes/hmac.scheme.js';
export type { HmacOptions } from './signatures/schemes/hmac.options.js';
export {
  standardWebhooks,
  type StandardWebhooksOptions,
} from './signatures/providers/standard-webhooks/standard-webhooks.js';
export { unsigned, type UnsignedOptions } from './signatures/providers/unsigned/unsigned.js';

// Database
export type { DatabaseOptions } from './database/database.options.js';
export type { Page, PageOptions } from './database/paging/page.js';

// Requests to other servers
export { OutboundError, type OutboundFailure } from './http/outbound.error.js';
export type { OutboundAllowances, SendingOptions } from './http/sending.options.js';

// What can be observed
export type {
  AttemptEnded,
  JobsHeldUp,
  NotificationsRecovered,
  OutcomeLost,
} from './telemetry/job.occurrence.js';
export type {
  BackgroundFailed,
  Occurrence,
  OccurrenceKind,
  OccurrenceOf,
  Started,
  StartupAdvice,
} from './telemetry/occurrence.js';
export type { PollEnded, PollHeldUp, PollItemFailed } from './telemetry/poll.occurrence.js';
export type {
  EventStored,
  EventUnhandled,
  HandshakeAnswered,
  RequestAccepted,
  RequestFailed,
  RequestRefused,
  SourceClockAhead,
} from './telemetry/receiving.occurrence.js';
export { Occurrences, type OccurrenceListener } from './telemetry/occurrences.js';
export { OnOccurrence } from './telemetry/on-occurrence.decorator.js';

// What is counted over time
export { CountEntity } from './counts/count.entity.js';
export type { CountFilter } from './counts/count.list.js';
export { CountService } from './counts/count.service.js';
export type { CountView } from './counts/count.view.js';
export type { Counted, CountGrain } from './counts/counted.js';
export { HISTOGRAM_BOUNDS_MS, quantile, type Histogram } from './counts/histogram.js';
export type { RefusalClass } from './counts/refusal-class.js';

// Inbox
export type { InboxOptions } from './inbox/inbox.options.js';
export { EventEntity, type BodyEncoding, type EventStatus } from './inbox/event.entity.js';
export { InboxService } from './inbox/inbox.service.js';
export type { EventFilter } from './inbox/event.list.js';
export type { EventView } from './inbox/event.view.js';
export type { ReplayFilter, ReplayOptions, ReplayResult } from './inbox/event.replay.js';

// Queue
export type { BackoffOptions } from './retry/backoff.options.js';
export type { QueueOptions } from './queue/queue.options.js';
export type { RetentionOptions } from './retention/retention.options.js';
export type { AttemptVerdict } from './queue/attempt.js';
export { AttemptEntity } from './queue/attempt.entity.js';
export type { AttemptView } from './queue/attempt.view.js';
export type { JobState, WhenHeadFails } from './queue/job.js';
export { JobEntity } from './queue/job.entity.js';
export { LaneEntity } from './queue/lane.entity.js';
export { LaneWaitingEntity } from './queue/lane-waiting.entity.js';
export { InvalidPauseError } from './queue/pauses/invalid-pause.error.js';
export type { PauseKind, PauseTarget } from './queue/pauses/pause.js';
export { PauseEntity } from './queue/pauses/pause.entity.js';
export type { PauseFilter, PauseView } from './queue/pauses/pause.reads.js';
export { PauseService } from './queue/pauses/pause.service.js';
export type { PauseNote } from './queue/pauses/pause-request.js';
export { QueueService } from './queue/queue.service.js';
export type { QueueCounts } from './queue/job.counts.js';
export type { ErrorFilter, ErrorGroup } from './queue/job.errors.js';
export type { RetryFilter } from './queue/job.retries.js';
export type { JobFilter } from './queue/job.lists.js';
export type { JobView } from './queue/job.view.js';
export { RetryLater } from './retry/retry-later.js';
export { Discard } from './retry/discard.js';

// Processes
export type { ProcessRole } from './processes/roles.option.js';
export { ProcessEntity } from './processes/process.entity.js';
export type { ProcessFilter } from './processes/process.list.js';
export { ProcessService } from './processes/process.service.js';
export type { ProcessState, ProcessView } from './processes/process.view.js';

// Handlers
export { OnWebhook } from './dispatch/on-webhook.decorator.js';
export type { OnWebhookOptions } from './dispatch/on-webhook.options.js';
export { WebhookController } from './dispatch/webhook-controller.decorator.js';
export { EventData } from './dispatch/event-data.decorator.js';
export { HandlerEntity } from './dispatch/handler.entity.js';
export type { LaneKey } from './dispatch/handler.js';
export { GuardRefusedError } from './dispatch/guard-refused.error.js';
export type { HandlersOptions } from './dispatch/handlers.options.js';
export type { HandlerContext, TransactionalHandlerContext } from './dispatch/handler-context.js';

// Rules
export { Rule } from './rules/rule.decorator.js';
export type { RuleMatch, RuleOptions, RuleResult } from './rules/rule.options.js';
export type { FirstSight, Rearm } from './rules/rule.evaluator.js';
export { RuleStateEntity } from './rules/rule-state.entity.js';
export { RuleFiringEntity } from './rules/firings/rule-firing.entity.js';
export type { RuleFiringFilter } from './rules/firings/rule-firing.list.js';
export type { FiredNotification, RuleFiringView } from './rules/firings/rule-firing.view.js';
export type { PrimedState } from './rules/rule.primer.js';
export { RuleService, type RuleFilter, type RuleTenant } from './rules/rule.service.js';
export type { RuleView } from './rules/rule.view.js';
export type { RuleStateFilter } from './rules/rule-state.list.js';
export type { RuleStateView } from './rules/rule-state.view.js';

// Notifications
export type { NotificationsOptions } from './notifications/notifications.options.js';
export type { Notification } from './notifications/notification.js';
export type { NotificationCancellation } from './notifications/notification.canceller.js';
export { NotificationEntity } from './notifications/notification.entity.js';
export type { NotificationKey } from './notifications/notification-key.js';
export type { NotificationLane } from './notifications/notification-lane.js';
export { NotificationKeyEntity } from './notifications/notification-key.entity.js';
export {
  NotificationService,
  type CancelOptions,
  type NotifyOptions,
  type NotifyResult,
} from './notifications/notification.service.js';
export type { NotificationFilter } from './notifications/notification.log.js';
export type { NotificationView } from './notifications/notification.view.js';
export type {
  ChannelMessage,
  NotificationChannel,
  SendReceipt,
} from './notifications/channels/channel.js';
export {
  email,
  type EmailAddress,
  type EmailAttachment,
  type EmailMessage,
} from './notifications/channels/email/email.notification.js';
export type { AnswerJudge, HttpAnswer } from './notifications/channels/http/http-answer.js';
export {
  httpPost,
  type HttpPostMessage,
} from './notifications/channels/http/http-post.notification.js';

// Timers
export { OnTimer } from './timers/on-timer.decorator.js';
export type { OnTimerOptions } from './timers/on-timer.options.js';
export { TimerService } from './timers/timer.service.js';
export type { NewTimer, SetTimerResult, TimerOptions } from './timers/timer.js';
export type { TimerContext, TransactionalTimerContext } from './timers/timer-context.js';
export type { TimerFilter } from './timers/timer.list.js';
export type { TimerView } from './timers/timer.view.js';
export { TimerEntity } from './timers/timer.entity.js';
export type { Duration } from './clock/duration.js';

// Polling
export { Poll } from './polling/poll.decorator.js';
export type {
  ApiPollOptions,
  ColumnOf,
  PolledEntity,
  PollSchedule,
  RowErrorOptions,
  TablePollOptions,
} from './polling/poll.options.js';
export type { PollingOptions } from './polling/polling.options.js';
export type {
  PolledEvent,
  PolledEvents,
  PolledPage,
  PolledPages,
  PollRequest,
  RowPollContext,
} from './polling/polled-event.js';
export type { PolledEventCounts, PollRunResult } from './polling/poll-run-result.js';
export { PollCursorEntity } from './polling/cursor/poll-cursor.entity.js';
export { PollItemEntity } from './polling/aside/poll-item.entity.js';
export { PollTimeoutError } from './polling/run/poll-timeout.error.js';
export { AmbiguousRowsError } from './polling/table/ambiguous-rows.error.js';
export { MixedCursorError } from './polling/table/mixed-cursor.error.js';
export type { PollTarget } from './polling/poll-target.js';
export { PollRegistry } from './polling/poll.registry.js';
export type { PollerFilter } from './polling/poller.list.js';
export type { PollerView } from './polling/poller.view.js';
export type { PollItemFilter } from './polling/aside/poll-item.list.js';
export type { PollItem, PollItemView } from './polling/aside/poll-item.view.js';
