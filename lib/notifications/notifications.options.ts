import type { Type } from '@nestjs/common';
import type { Duration } from '../clock/duration.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { callback, checkedBy, integer, list } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import type { NotificationChannel } from './channels/channel.js';
import { keepingMs, KEEPING_TIME } from './key-expiry.js';
import type { AnswerJudge } from './channels/http/http-answer.js';

/** @internal */
export const NOTIFICATIONS_OPTIONS = optionGroup('notifications', {
  /**
   * Classes of the application's own channels, beside `email` and `http`. An instance is taken from
   * the module that provides the class; where none does, it is made, with what is injectable
   * everywhere. @default none
   */
  channels: list<Type<NotificationChannel>>([], {
    one: 'a class',
    many: 'classes',
    accepts: isClass,
    cure: 'Give the classes of the channels, not instances: notifications: { channels: [SmsChannel] }.',
  }),
  /** How long one attempt at sending may take, in milliseconds. @default 30_000 */
  timeoutMs: integer(30_000, { min: 1 }),
  /**
   * For how long a key keeps its promise, such as `'90d'`, or in milliseconds, counted from the `notify()` that stored
   * it: a second one for the same recipient sends nothing until then. A notification's own `keepKeyFor` goes first.
   * @default Infinity
   */
  keepKeyFor: checkedBy<Duration, number>((given, name) => {
    const keepMs = keepingMs(given === undefined ? Infinity : given);
    if (keepMs !== undefined) return keepMs;
    const cure = 'Correct it, or leave it out to keep keys for ever.';
    throw ConfigurationError.invalidOption(name, KEEPING_TIME, given, cure);
  }),
  /**
   * Looks into answers of 2xx to `httpPost()`, for a service that refuses in the body of a 200. The library knows
   * that Microsoft Teams, Slack's Web API, DingTalk, WeCom, Feishu and Lark do so, and looks into their answers
   * where this function returns nothing for them. @default none
   */
  judgeAnswer: callback<AnswerJudge | undefined>({
    expected: 'a function',
    cure: 'Return a Discard or RetryLater for an answer that refuses, and undefined for all others.',
  }),
});

/**
 * By which channels notifications are sent.
 *
 * @publicApi
 */
export interface NotificationsOptions extends OptionsOf<typeof NOTIFICATIONS_OPTIONS> {}

/** @internal */
export type ResolvedNotificationsOptions = ResolvedOf<typeof NOTIFICATIONS_OPTIONS>;

function isClass(value: unknown): value is Type<NotificationChannel> {
  return typeof value === 'function' && typeof value.prototype === 'object';
}
