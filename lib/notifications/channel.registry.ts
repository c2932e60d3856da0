import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { NotificationChannel } from './channels/channel.js';
import { EmailChannel } from './channels/email/email.channel.js';
import { HttpChannel } from './channels/http/http.channel.js';
import {
  NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from './notifications.options.js';
import { UnknownChannelError } from './unknown-channel.error.js';

const MAX_NAME_LENGTH = 64;

/**
 * The channels by name: those of the library, and those of the host.
 *
 * @internal
 */
@Injectable()
export class ChannelRegistry implements OnModuleInit {
  private readonly channels = new Map<string, NotificationChannel>();

  constructor(
    private readonly moduleRef: ModuleRef,
    email: EmailChannel,
    http: HttpChannel,
    @Inject(NOTIFICATIONS_OPTIONS.token) private readonly options: ResolvedNotificationsOptions,
  ) {
    this.add(email);
    this.add(http);
  }

  async onModuleInit(): Promise<void> {
    for (const type of this.options.channels) {
      const channel = await this.instanceOf(type);
      assertChannel(channel, type.name);
      this.add(channel);
    }
  }

  get names(): string[] {
    return [...this.channels.keys()];
  }

  /** @throws {UnknownChannelError} when no channel has that name */
  get(name: string): NotificationChannel {
    const channel = this.channels.get(name);
    if (channel === undefined) throw new UnknownChannelError(name, this.names);
    return channel;
  }

  private add(channel: NotificationChannel): void {
    if (this.channels.has(channel.name)) {
      throw ConfigurationError.duplicateName(
        'notifications.channels',
        'channels',
        channel.name,
        'Notifications could not tell them apart: give one of them another name.',
      );
    }
    this.channels.set(channel.name, channel);
  }

  private async instanceOf(type: Type<NotificationChannel>): Promise<NotificationChannel> {
    try {
      return this.moduleRef.get(type, { strict: false });
    } catch {
      return this.create(type);
    }
  }

  private async create(type: Type<NotificationChannel>): Promise<NotificationChannel> {
    try {
      return await this.moduleRef.create(type);
    } catch (cause) {
      throw ConfigurationError.because(
        'notifications.channels',
        `No instance of the channel '${type.name}' could be found or made.`,
        'Add the class to the providers of a module that knows its dependencies, with the default scope.',
        { cause },
      );
    }
  }
}

function assertChannel(given: Partial<NotificationChannel>, className: string): void {
  const { name, recipient, send } = given;
  const isNamed = typeof name === 'string' && name !== '' && name.length <= MAX_NAME_LENGTH;
  if (isNamed && typeof recipient === 'function' && typeof send === 'function') return;
  throw ConfigurationError.because(
    'notifications.channels',
    `The class '${className}' is not a notification channel.`,
    `Give it a name (up to ${MAX_NAME_LENGTH} characters) and the methods recipient() and send() of NotificationChannel.`,
  );
}
