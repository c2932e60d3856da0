import { MailerService } from '@nestjs-modules/mailer';
import { EmailHost, emailMessage, NOTIFICATION_ID } from '../../../../test/support/email.host.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { EmailChannel } from './email.channel.js';
import { email } from './email.notification.js';

describe(EmailChannel.name, () => {
  const host = new EmailHost();

  describe('recipient', () => {
    it('is everybody who gets the e-mail', async () => {
      const channel = await host.start();
      const { payload } = email({
        to: ['Jane <jane@example.com>', { name: 'Joe', address: 'joe@example.com' }],
        cc: 'cc@example.com',
        bcc: ['bcc@example.com'],
        subject: '',
        text: '',
      });
      expect(channel.recipient(payload)).toBe(
        'jane@example.com, joe@example.com, cc@example.com, bcc@example.com',
      );
    });
  });

  describe('send', () => {
    it('sends an e-mail with the Message-ID of its notification, in every attempt', async () => {
      const channel = await host.start();
      expect(await channel.send(emailMessage())).toEqual({ receipt: '250 queued as 42' });
      await channel.send(emailMessage());
      expect(host.mails).toHaveLength(2);
      for (const { source, recipients } of host.mails) {
        expect(recipients).toEqual(['jane@example.com']);
        expect(source).toContain(`Message-ID: <${NOTIFICATION_ID}@example.com>\r\n`);
        expect(source).toContain('From: "Game, Inc." <game@example.com>\r\n');
        expect(source).toContain('You have 150 points.');
      }
    });

    it('fills in a template of the mailer, and the subject', async () => {
      host.addTemplate('reached', '<p>{{name}} has {{points}} points</p>');
      const channel = await host.start();
      await channel.send(
        emailMessage({
          subject: 'Well done, {{name}}',
          template: 'reached',
          context: { name: '<Jane>', points: 150 },
        }),
      );
      expect(host.mails[0]!.source).toContain('Subject: Well done, <Jane>\r\n');
      expect(host.mails[0]!.source).toContain('<p>&lt;Jane&gt; has 150 points</p>');
    });

    it('sends an e-mail with only text as HTML too, as every adapter would throw for it', async () => {
      const channel = await host.start();
      await channel.send(emailMessage({ text: 'a < b & c\n  d' }));
      expect(host.mails[0]!.source).toContain('\r\na < b & c\r\n  d\r\n');
      expect(host.mails[0]!.source).toContain('>a &lt; b &amp; c\r\n  d</pre>');
    });

    it('sends an e-mail with only text as it is where the mailer has no templates', async () => {
      const channel = await host.start({ template: {} });
      await channel.send(emailMessage());
      expect(host.mails[0]!.source).toContain('Content-Type: text/plain');
      expect(host.mails[0]!.source).not.toContain('<pre');
    });

    it('leaves templates to the resolver of the mailer, where it has one', async () => {
      const resolve = (name: string): Promise<{ content: string }> =>
        Promise.resolve({ content: `<p>resolved ${name}</p>` });
      const channel = await host.start({ template: { resolver: { resolve } } });
      await channel.send(emailMessage({ template: 'reached' }));
      expect(host.mails[0]!.source).toContain('<p>resolved reached</p>');
    });

    it('sends what else an e-mail may have', async () => {
      const channel = await host.start();
      await channel.send(
        emailMessage({
          to: ['Jane <jane@example.com>', 'joe@example.com'],
          cc: 'cc@example.com',
          bcc: 'bcc@example.com',
          from: 'Points <points@example.org>',
          replyTo: 'support@example.com',
          headers: { 'X-Campaign': '100' },
          html: '<p>Well done</p>',
          attachments: [
            {
              filename: 'points.txt',
              content: 'MTUw',
              encoding: 'base64',
              contentType: 'text/plain',
            },
          ],
        }),
      );
      const [{ source, recipients } = host.mails[0]!] = host.mails;
      expect(recipients).toEqual([
        'jane@example.com',
        'joe@example.com',
        'cc@example.com',
        'bcc@example.com',
      ]);
      expect(source).not.toContain('bcc@example.com');
      for (const line of [
        'From: Points <points@example.org>',
        'To: Jane <jane@example.com>, joe@example.com',
        'Reply-To: support@example.com',
        `Message-ID: <${NOTIFICATION_ID}@example.org>`,
        'X-Campaign: 100',
      ]) {
        expect(source).toContain(`${line}\r\n`);
      }
      expect(source).toContain('MTUw');
    });

    it('sends by whatever a test puts in the place of the mailer, and gives it the signal', async () => {
      const sendMail = jest.fn().mockResolvedValue(undefined);
      const channel = await host.startWith({
        providers: [{ provide: MailerService, useValue: { sendMail } }],
      });
      const mail = emailMessage({ template: 'reached' });
      channel.validate(mail.payload);
      expect(await channel.send(mail)).toEqual({});
      expect(sendMail).toHaveBeenCalledWith({
        to: [{ name: '', address: 'jane@example.com' }],
        subject: 'Well done',
        text: 'You have 150 points.',
        template: 'reached',
        messageId: `<${NOTIFICATION_ID}@hookline.invalid>`,
        signal: mail.signal,
      });
    });
  });

  describe('validate', () => {
    it('tells what to do where the application has no mailer', async () => {
      const channel = await host.startWith({});
      const { payload } = email({ to: 'jane@example.com', subject: '', text: '' });
      expect(() => channel.validate(payload)).toThrow(expect.any(ConfigurationError) as Error);
      expect(() => channel.validate(payload)).toThrow(
        'The e-mail channel has no mailer to send with. Install @nestjs-modules/mailer, nodemailer and lodash ' +
          '(which the first needs without saying so), and import MailerModule.forRoot({ transport, ' +
          'defaults: { from } }) in the application.',
      );
    });

    it('tells what to do where the mailer has no templates', async () => {
      const channel = await host.start({ template: {} });
      const payload = { to: 'jane@example.com', subject: '', template: 'reached' };
      expect(() => channel.validate(payload)).toThrow(
        'The mailer cannot fill in templates. Give MailerModule.forRoot a `template: { dir, adapter }`, ' +
          'or send `html` or `text`.',
      );
    });

    it('refuses what is not an e-mail', async () => {
      const channel = await host.start();
      expect(() => channel.validate({ to: 'jane', subject: '', text: '' })).toThrow('`payload.to`');
    });
  });

  it('F-26 sends by the first of the named transports where the mailer has no default', async () => {
    const channel = await host.startNamed(['receipts', 'alerts']);
    channel.validate(emailMessage().payload);
    await channel.send(emailMessage());
    expect(host.mails).toHaveLength(1);
    expect(host.clients).toEqual(['receipts']);
  });

  it('F-26 sends by the transport that the e-mail names, and refuses an unknown one', async () => {
    const channel = await host.startNamed(['receipts', 'alerts']);
    const named = emailMessage({ transporter: 'alerts' });
    channel.validate(named.payload);
    await channel.send(named);
    expect(host.clients).toEqual(['alerts']);
    expect(() => channel.validate(emailMessage({ transporter: 'bulk' }).payload)).toThrow(
      /payload\.transporter.*There are: receipts, alerts\./,
    );
    expect(() => channel.validate(emailMessage({ transporter: '__proto__' }).payload)).toThrow(
      /payload\.transporter/,
    );
  });
});
