import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps } from '../../test/support/notification.apps.js';
import { email } from './channels/email/email.notification.js';

describeOnDatabases('An e-mail, from notify() to the mail server', (kind) => {
  const apps = new NotificationApps(kind);

  let server: SMTPServer;
  let mails: string[];
  let refusal: Error | undefined;

  const listen = async (port = 0): Promise<string> => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, callback) => callback(refusal),
      onData: (stream, _session, callback) => {
        void text(stream).then((source) => {
          mails.push(source);
          callback();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  };

  const stop = (): Promise<void> => new Promise((resolve) => server.close(resolve));

  beforeEach(() => {
    mails = [];
    refusal = undefined;
  });

  const hello = email({
    to: 'Jane <jane@example.com>',
    subject: 'Hello',
    text: 'Hi',
    key: 'hello',
  });

  it('is sent once, with the id of its notification', async () => {
    const { notifications, worker } = await apps.start({ smtpUrl: await listen() });
    const { id } = await notifications.notify(hello);
    await notifications.notify(hello);
    await worker.runDue();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(`Message-ID: <${id}@example.com>`);
    expect((await notifications.list()).items).toMatchObject([
      {
        id,
        recipient: 'jane@example.com',
        state: 'completed',
        sentAt: new Date(apps.clock.now()),
        receipt: expect.stringMatching(/^250 /),
      },
    ]);
    await stop();
  });

  it('is discarded when the server refuses it for good', async () => {
    const { notifications, worker } = await apps.start({ smtpUrl: await listen() });
    refusal = Object.assign(new Error('no such user'), { responseCode: 550 });
    const { id } = await notifications.notify(hello);
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({
      state: 'discarded',
      sentAt: null,
      lastError: 'SMTP 550 no such user',
    });
    await stop();
  });

  it('is retried with the same Message-ID when the server refuses it for now', async () => {
    const { notifications, worker } = await apps.start({ smtpUrl: await listen() });
    refusal = Object.assign(new Error('try later'), { responseCode: 451 });
    const { id } = await notifications.notify(hello);
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({
      state: 'retryable',
      lastError: expect.stringContaining('451 try later'),
    });
    refusal = undefined;
    apps.clock.advance(20_000);
    await worker.runDue();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(`Message-ID: <${id}@example.com>`);
    expect(await notifications.get(id)).toMatchObject({ state: 'completed' });
    await stop();
  });

  it('is sent when the server is back', async () => {
    const smtpUrl = await listen();
    await stop();
    const { notifications, worker } = await apps.start({ smtpUrl });
    const { id } = await notifications.notify(hello);
    await worker.runDue();
    expect(await notifications.get(id)).toMatchObject({
      state: 'retryable',
      sentAt: null,
    });
    await listen(Number(new URL(smtpUrl).port));
    apps.clock.advance(20_000);
    await worker.runDue();
    expect(mails).toHaveLength(1);
    await stop();
  });
});
