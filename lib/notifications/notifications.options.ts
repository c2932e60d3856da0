import type { Type } from '@nestjs/common';
import type { NotificationChannel } from './channels/channel.js';

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
}

/** @internal */
export type ResolvedNotificationsOptions = Required<NotificationsOptions>;

/** @internal */
export const RESOLVED_NOTIFICATIONS_OPTIONS = Symbol('hookline:notifications-options');

export const DEFAULT_NOTIFICATIONS_OPTIONS: ResolvedNotificationsOptions = {
  channels: [],
  timeoutMs: 30_000,
};
