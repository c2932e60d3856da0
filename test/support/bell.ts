import { Injectable } from '@nestjs/common';
import type {
  ChannelMessage,
  NotificationChannel,
} from '../../lib/notifications/channels/channel.js';
import type { Notification } from '../../lib/notifications/notification.js';

/** A channel that remembers the texts that it has sent. */
@Injectable()
export class Bell implements NotificationChannel<{ text: string }> {
  readonly name = 'bell';
  readonly rung: string[] = [];

  recipient(): string {
    return 'everybody';
  }

  async send({ payload }: ChannelMessage<{ text: string }>): Promise<object> {
    this.rung.push(payload.text);
    return {};
  }
}

/** A notification through it. */
export const ring = (text: string, key?: string): Notification => ({
  channel: 'bell',
  payload: { text },
  ...(key === undefined ? {} : { key }),
});
