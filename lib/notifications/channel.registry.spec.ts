import { Injectable } from '@nestjs/common';
import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps, SmsChannel } from '../../test/support/notification.apps.js';
import { Clock } from '../clock/clock.js';
import type { NotificationChannel, SendReceipt } from './channels/channel.js';

describeOnDatabases('A channel of the host', (kind) => {
  const apps = new NotificationApps(kind);

  it('is made where no module provides it, with what is injectable everywhere', async () => {
    @Injectable()
    class ClockChannel implements NotificationChannel {
      readonly name = 'clock';
      constructor(private readonly hostClock: Clock) {}
      recipient(): string {
        return 'everybody';
      }
      send(): Promise<SendReceipt> {
        return Promise.resolve({ receipt: String(this.hostClock.now()) });
      }
    }
    const { notifications, worker } = await apps.start({ channels: [ClockChannel] });
    const { id } = await notifications.notify({ channel: 'clock', payload: null });
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({ receipt: String(apps.clock.now()) });
  });

  it('has to have a name of its own', async () => {
    class OtherEmail extends SmsChannel {
      override readonly name = 'email' as 'sms';
    }
    await expect(apps.start({ channels: [OtherEmail] })).rejects.toThrow(
      "There are two channels with the name 'email'.",
    );
  });

  it('has to be a channel', async () => {
    class Nothing {}
    await expect(apps.start({ channels: [Nothing as typeof SmsChannel] })).rejects.toThrow(
      "The class 'Nothing' is not a notification channel.",
    );
  });

  it('has to be possible to make', async () => {
    @Injectable()
    class Unknown extends SmsChannel {
      constructor(readonly missing: Map<string, string>) {
        super();
      }
    }
    await expect(apps.start({ channels: [Unknown] })).rejects.toThrow(
      "No instance of the channel 'Unknown' could be found or made.",
    );
  });
});
