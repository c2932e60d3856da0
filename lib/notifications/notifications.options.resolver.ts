import type { Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { OptionsReader } from '../options/options.reader.js';
import type { NotificationChannel } from './channels/channel.js';
import type { AnswerJudge } from './channels/http/http-answer.js';
import {
  DEFAULT_NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from './notifications.options.js';

/**
 * @param given the host's `notifications` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveNotificationsOptions(given: unknown): ResolvedNotificationsOptions {
  const options = new OptionsReader('notifications', given, DEFAULT_NOTIFICATIONS_OPTIONS);
  return {
    channels: resolveChannels(options.value('channels')),
    timeoutMs: options.integer('timeoutMs', { min: 1 }),
    judgeAnswer: resolveJudge(options.value('judgeAnswer')),
  };
}

function resolveJudge(given: unknown): AnswerJudge | undefined {
  if (given === undefined || typeof given === 'function') return given as AnswerJudge | undefined;
  throw ConfigurationError.invalidOption(
    'notifications.judgeAnswer',
    'a function',
    given,
    'Return a Discard or RetryLater for an answer that refuses, and undefined for all others.',
  );
}

function resolveChannels(given: unknown): readonly Type<NotificationChannel>[] {
  if (Array.isArray(given) && given.every(isClass)) return given;
  throw ConfigurationError.invalidOption(
    'notifications.channels',
    'an array of classes',
    given,
    'Give the classes of the channels, not instances: notifications: { channels: [SmsChannel] }.',
  );
}

function isClass(value: unknown): value is Type<NotificationChannel> {
  return typeof value === 'function' && typeof value.prototype === 'object';
}
