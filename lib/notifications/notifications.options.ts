import type { Type } from '@nestjs/common';
import type { NotificationChannel } from './channels/channel.js';
import type { AnswerJudge } from './channels/http/http-answer.js';

/**
 * By which channels notifications are sent.
 *
 * @publicApi
 */
export interface NotificationsOptions {
  /**
   * Classes of the application's own channels, beside `email` and `http`. An instance is taken from
   * the module that provides the class; where none does, it is made, with what is injectable
   * everywhere. @default none
   */
  readonly channels?: readonly Type<NotificationChannel>[];
  /** How long one attempt at sending may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number;
  /**
   * Looks into answers of 2xx to `httpPost()`, for a service that refuses in the body of a 200. Microsoft
   * Teams, Slack's Web API, DingTalk, WeCom, Feishu and Lark are known to, and looked into where this says
   * nothing of them. @default none
   */
  readonly judgeAnswer?: AnswerJudge | undefined;
}

/** @internal */
export interface ResolvedNotificationsOptions extends Required<
  Omit<NotificationsOptions, 'judgeAnswer'>
> {
  readonly judgeAnswer: AnswerJudge | undefined;
}

/** @internal */
export const RESOLVED_NOTIFICATIONS_OPTIONS = Symbol('hookline:notifications-options');

export const DEFAULT_NOTIFICATIONS_OPTIONS: ResolvedNotificationsOptions = {
  channels: [],
  timeoutMs: 30_000,
  judgeAnswer: undefined,
};
