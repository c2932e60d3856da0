import { ModuleRef } from '@nestjs/core';
import { ChannelRegistry } from '../notifications/channel.registry.js';
import type {
  ChannelMessage,
  NotificationChannel,
  SendReceipt,
} from '../notifications/channels/channel.js';
import { EmailChannel } from '../notifications/channels/email/email.channel.js';
import {
  EMAIL_CHANNEL,
  type EmailMessage,
} from '../notifications/channels/email/email.notification.js';
import { assertEmailMessage } from '../notifications/channels/email/email.validator.js';
import { HttpChannel } from '../notifications/channels/http/http.channel.js';
import {
  NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from '../notifications/notifications.options.js';

/**
 * Token of the channels, for `overrideProvider`; see {@link RecordedNotifications}.
 *
 * @publicApi
 */
export const NOTIFICATION_CHANNELS: unknown = ChannelRegistry;

/**
 * A notification that would have been sent.
 *
 * @publicApi
 */
export interface RecordedNotification {
  /** UUID of the notification. */
  readonly id: string;
  /** Name of its channel. */
  readonly channel: string;
  /** To whom, in the channel's words: e-mail addresses, the host of a URL. */
  readonly to: string;
  /** What it says. */
  readonly payload: unknown;
  /** Which attempt it was, counted from 1. */
  readonly attempt: number;
}

/**
 * Takes the place of all channels: nothing is sent, and what would have been is recorded. Notifications
 * are validated, stored, deduplicated and retried as ever. An e-mail then needs no mailer.
 *
 * @example
 * ```ts
 * const recorded = new RecordedNotifications();
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(NOTIFICATION_CHANNELS)
 *   .useFactory(recorded)
 *   .compile();
 * ```
 * @publicApi
 */
export class RecordedNotifications {
  /** What the factory is given by the container. */
  readonly inject: unknown[] = [ModuleRef, EmailChannel, HttpChannel, NOTIFICATIONS_OPTIONS.token];
  private readonly sent: RecordedNotification[] = [];
  private readonly failures: unknown[] = [];

  /** Makes the channels; called by the container. */
  readonly factory = (...parts: unknown[]): unknown => {
    const [moduleRef, email, http, options] = parts as [
      ModuleRef,
      EmailChannel,
      HttpChannel,
      ResolvedNotificationsOptions,
    ];
    return new RecordingChannels(
      (name, channel, message) => this.record(name, channel, message),
      [moduleRef, email, http, options],
    );
  };

  /** What was recorded, in its order. */
  get all(): readonly RecordedNotification[] {
    return this.sent;
  }

  /**
   * Has the next attempt at sending fail, as a channel does that is down: it is retried.
   *
   * @param error what the channel throws; a `Discard` or a `RetryLater` too
   */
  failNext(error: unknown = new Error('the channel is down')): void {
    this.failures.push(error);
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.sent.length = 0;
  }

  private async record(
    name: string,
    channel: NotificationChannel,
    { id, payload, attempt }: ChannelMessage,
  ): Promise<SendReceipt> {
    if (this.failures.length > 0) throw this.failures.shift();
    this.sent.push({ id, channel: name, to: channel.recipient(payload), payload, attempt });
    return { receipt: 'recorded' };
  }
}

type Record = (
  name: string,
  channel: NotificationChannel,
  message: ChannelMessage,
) => Promise<SendReceipt>;

/** The real channels up to the sending. */
class RecordingChannels extends ChannelRegistry {
  constructor(
    private readonly record: Record,
    parts: ConstructorParameters<typeof ChannelRegistry>,
  ) {
    super(...parts);
  }

  override get(name: string): NotificationChannel {
    const channel = super.get(name);
    return {
      name,
      // The e-mail channel asks for the mailer; a recording works without it.
      validate: (payload) =>
        name === EMAIL_CHANNEL
          ? assertEmailMessage(payload as EmailMessage)
          : channel.validate?.(payload),
      recipient: (payload) => channel.recipient(payload),
      send: (message) => this.record(name, channel, message),
    };
  }
}
