import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Test, type TestingModule } from '@nestjs/testing';
import { MailerModule, MailerService, type MailerOptions } from '@nestjs-modules/mailer';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import { SMTPServer } from 'smtp-server';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { Discard } from '../../../retry/discard.js';
import type { ChannelMessage } from '../channel.js';
import { EmailChannel } from './email.channel.js';
import { email, type EmailMessage } from './email.notification.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';

interface Mail {
  readonly recipients: readonly string[];
  readonly source: string;
}

/** An error that the server answers with. */
function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

describe(EmailChannel.name, () => {
  let server: SMTPServer;
  let mails: Mail[];
  let refuseRecipient: (address: string) => Error | undefined;
  let refuseMessage: () => Error | undefined;
  let refuseSender: () => Error | undefined;
  /** By which names clients have introduced themselves. */
  let clients: string[];
  let templates: string;
  let application: TestingModule | undefined;

  beforeEach(async () => {
    mails = [];
    refuseRecipient = () => undefined;
    refuseMessage = () => undefined;
    refuseSender = () => undefined;
    clients = [];
    templates = mkdtempSync(join(tmpdir(), 'hookline-templates-'));
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onAuth: (_auth, _session, callback) => callback(reply(535, 'wrong password')),
      onMailFrom: (_address, { hostNameAppearsAs }, callback) => {
        clients.push(hostNameAppearsAs);
        callback(refuseSender());
      },
      onRcptTo: ({ address }, _session, callback) => callback(refuseRecipient(address)),
      onData: (stream, session, callback) => {
        void text(stream).then((source) => {
          const refusal = refuseMessage();
          if (refusal !== undefined) return callback(refusal);
          mails.push({ source, recipients: session.envelope.rcptTo.map(({ address }) => address) });
          return callback(null, 'queued as 42');
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await application?.close();
    await new Promise<void>((resolve) => server.close(resolve));
    rmSync(templates, { recursive: true, force: true });
  });

  const start = async (options: MailerOptions = {}): Promise<EmailChannel> => {
    const { port } = server.server.address() as AddressInfo;
    application = await Test.createTestingModule({
      imports: [
        MailerModule.forRoot({
          transport: `smtp://127.0.0.1:${port}`,
          defaults: { from: '"Game, Inc." <game@example.com>' },
          template: { dir: templates, adapter: new HandlebarsAdapter() },
          ...options,
        }),
      ],
      providers: [EmailChannel],
    }).compile();
    await application.init();
    return application.get(EmailChannel);
  };

  const startNamed = (names: readonly string[]): Promise<EmailChannel> => {
    const { port } = server.server.address() as AddressInfo;
    // An explicit undefined takes back the default transport.
    return start({
      transport: undefined as never,
      transports: Object.fromEntries(
        names.map((name) => [name, `smtp://127.0.0.1:${port}?name=${name}`]),
      ),
    });
  };

  const message = (
    payload: Partial<EmailMessage> = {},
    signal = new AbortController().signal,
  ): ChannelMessage<EmailMessage> => ({
    id: ID,
    payload: {
      to: 'jane@example.com',
      subject: 'Well done',
      text: 'You have 150 points.',
      ...payload,
    },
    attempt: 1,
    createdAt: new Date(),
    signal,
  });

  const failure = (sending: Promise<unknown>): Promise<unknown> =>
    sending.then(
      () => undefined,
      (error: unknown) => error,
    );

  describe('recipient', () => {
    it('is everybody who gets the e-mail', async () => {
      const channel = await start();
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
      const channel = await start();
      expect(await channel.send(message())).toEqual({ receipt: '250 queued as 42' });
      await channel.send(message());
      expect(mails).toHaveLength(2);
      for (const { source, recipients } of mails) {
        expect(recipients).toEqual(['jane@example.com']);
        expect(source).toContain(`Message-ID: <${ID}@example.com>\r\n`);
        expect(source).toContain('From: "Game, Inc." <game@example.com>\r\n');
        expect(source).toContain('You have 150 points.');
      }
    });

    it('fills in a template of the mailer, and the subject', async () => {
      writeFileSync(join(templates, 'reached.hbs'), '<p>{{name}} has {{points}} points</p>');
      const channel = await start();
      await channel.send(
        message({
          subject: 'Well done, {{name}}',
          template: 'reached',
          context: { name: '<Jane>', points: 150 },
        }),
      );
      expect(mails[0]!.source).toContain('Subject: Well done, <Jane>\r\n');
      expect(mails[0]!.source).toContain('<p>&lt;Jane&gt; has 150 points</p>');
    });

    it('leaves an e-mail of text alone readable as both, as no adapter takes it otherwise', async () => {
      const channel = await start();
      await channel.send(message({ text: 'a < b & c\n  d' }));
      expect(mails[0]!.source).toContain('\r\na < b & c\r\n  d\r\n');
      expect(mails[0]!.source).toContain('>a &lt; b &amp; c\r\n  d</pre>');
    });

    it('leaves an e-mail of text alone as it is where there are no templates', async () => {
      const channel = await start({ template: {} });
      await channel.send(message());
      expect(mails[0]!.source).toContain('Content-Type: text/plain');
      expect(mails[0]!.source).not.toContain('<pre');
    });

    it('leaves templates to the resolver of the mailer, where it has one', async () => {
      const resolve = (name: string): Promise<{ content: string }> =>
        Promise.resolve({ content: `<p>resolved ${name}</p>` });
      const channel = await start({ template: { resolver: { resolve } } });
      await channel.send(message({ template: 'reached' }));
      expect(mails[0]!.source).toContain('<p>resolved reached</p>');
    });

    it('sends what else an e-mail may have', async () => {
      const channel = await start();
      await channel.send(
        message({
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
      const [{ source, recipients } = mails[0]!] = mails;
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
        `Message-ID: <${ID}@example.org>`,
        'X-Campaign: 100',
      ]) {
        expect(source).toContain(`${line}\r\n`);
      }
      expect(source).toContain('MTUw');
    });

    it.each([550, 553, 554])('discards what the server refuses by %d', async (code) => {
      const channel = await start();
      refuseRecipient = () => reply(code, 'no such user');
      expect(await channel.send(message())).toEqual(new Discard(`SMTP ${code} no such user`));
      refuseRecipient = () => undefined;
      refuseMessage = () => reply(code, 'looks like spam');
      expect(await channel.send(message())).toEqual(new Discard(`SMTP ${code} looks like spam`));
    });

    it.each([421, 450, 451, 452])('retries what the server refuses by %d', async (code) => {
      const channel = await start();
      refuseRecipient = () => reply(code, 'try later');
      expect(String(await failure(channel.send(message())))).toContain(`${code} try later`);
      refuseRecipient = () => undefined;
      refuseMessage = () => reply(code, 'try later');
      expect(String(await failure(channel.send(message())))).toContain(`${code} try later`);
      expect(mails).toEqual([]);
    });

    it('retries when one of the refusals of all recipients is temporary', async () => {
      const channel = await start();
      refuseRecipient = (address) =>
        address.startsWith('jane') ? reply(450, 'greylisted') : reply(550, 'no such user');
      const sending = channel.send(message({ to: ['jane@example.com', 'joe@example.com'] }));
      expect(await failure(sending)).toMatchObject({ code: 'EENVELOPE' });
    });

    it('counts an e-mail as sent that some of its recipients got', async () => {
      const channel = await start();
      refuseRecipient = (address) =>
        address.startsWith('joe') ? reply(550, 'no such user') : undefined;
      expect(await channel.send(message({ to: ['jane@example.com', 'joe@example.com'] }))).toEqual({
        receipt: '250 queued as 42; refused for 1 of 2 recipients: 550 no such user',
      });
      expect(mails).toMatchObject([{ recipients: ['jane@example.com'] }]);
    });

    it('retries after a failed login, which is not the fault of the e-mail', async () => {
      const { port } = server.server.address() as AddressInfo;
      const channel = await start({ transport: `smtp://user:s3cret@127.0.0.1:${port}` });
      const error = await failure(channel.send(message()));
      expect(error).toMatchObject({ code: 'EAUTH' });
      expect(String(error)).not.toContain('s3cret');
    });

    it('retries when no server answers', async () => {
      const channel = await start();
      await new Promise<void>((resolve) => server.close(resolve));
      expect(await failure(channel.send(message()))).toMatchObject({ code: 'ESOCKET' });
    });

    it('retries when the template is missing or broken: the next deployment may bring it', async () => {
      const channel = await start();
      const mail = message({ template: 'reached', context: {} });
      expect(await failure(channel.send(mail))).toMatchObject({ code: 'ENOENT' });
      writeFileSync(join(templates, 'reached.hbs'), '{{#if}}');
      expect(await failure(channel.send(mail))).toHaveProperty('message');
      expect(mails).toEqual([]);
    });

    it('sends by whatever a test puts in the place of the mailer, and gives it the signal', async () => {
      const sendMail = jest.fn().mockResolvedValue(undefined);
      application = await Test.createTestingModule({
        providers: [EmailChannel, { provide: MailerService, useValue: { sendMail } }],
      }).compile();
      await application.init();
      const channel = application.get(EmailChannel);
      const mail = message({ template: 'reached' });
      channel.validate(mail.payload);
      expect(await channel.send(mail)).toEqual({});
      expect(sendMail).toHaveBeenCalledWith({
        to: [{ name: '', address: 'jane@example.com' }],
        subject: 'Well done',
        text: 'You have 150 points.',
        template: 'reached',
        messageId: `<${ID}@hookline.invalid>`,
        signal: mail.signal,
      });
    });
  });

  describe('validate', () => {
    it('tells what to do where there is no mailer', async () => {
      application = await Test.createTestingModule({ providers: [EmailChannel] }).compile();
      await application.init();
      const channel = application.get(EmailChannel);
      const { payload } = email({ to: 'jane@example.com', subject: '', text: '' });
      expect(() => channel.validate(payload)).toThrow(expect.any(ConfigurationError) as Error);
      expect(() => channel.validate(payload)).toThrow(
        'The e-mail channel has no mailer to send with. Install @nestjs-modules/mailer, nodemailer and lodash ' +
          '(which the first needs without saying so), and import MailerModule.forRoot({ transport, ' +
          'defaults: { from } }) in the application.',
      );
    });

    it('tells what to do where the mailer has no templates', async () => {
      const channel = await start({ template: {} });
      const payload = { to: 'jane@example.com', subject: '', template: 'reached' };
      expect(() => channel.validate(payload)).toThrow(
        'The mailer cannot fill in templates. Give MailerModule.forRoot a `template: { dir, adapter }`, ' +
          'or send `html` or `text`.',
      );
    });

    it('refuses what is no e-mail', async () => {
      const channel = await start();
      expect(() => channel.validate({ to: 'jane', subject: '', text: '' })).toThrow('`payload.to`');
    });
  });

  it('F-26 sends by the first of the named transports where there is no other', async () => {
    const channel = await startNamed(['receipts', 'alerts']);
    channel.validate(message().payload);
    await channel.send(message());
    expect(mails).toHaveLength(1);
    expect(clients).toEqual(['receipts']);
  });

  it('F-26 sends by the transport that the e-mail names, and refuses one that there is none of', async () => {
    const channel = await startNamed(['receipts', 'alerts']);
    const named = message({ transporter: 'alerts' });
    channel.validate(named.payload);
    await channel.send(named);
    expect(clients).toEqual(['alerts']);
    expect(() => channel.validate(message({ transporter: 'bulk' }).payload)).toThrow(
      /payload\.transporter.*There are: receipts, alerts\./,
    );
    expect(() => channel.validate(message({ transporter: '__proto__' }).payload)).toThrow(
      /payload\.transporter/,
    );
  });

  it('F-26 retries what is refused because of a quota, and discards what is refused because of a mailbox', async () => {
    const channel = await start();
    refuseRecipient = () => reply(550, '5.4.5 Daily sending quota exceeded');
    await expect(channel.send(message())).rejects.toThrow(/quota/);
    refuseRecipient = () => reply(550, '5.1.1 no such user');
    expect(await channel.send(message())).toBeInstanceOf(Discard);
    refuseRecipient = () => undefined;
    refuseMessage = () => reply(554, '5.7.0 The limit on outgoing messages was exceeded');
    await expect(channel.send(message())).rejects.toThrow(/limit/);
    refuseMessage = () => undefined;
    refuseSender = () => reply(550, '5.7.1 Sender address not verified');
    await expect(channel.send(message())).rejects.toThrow(/not verified/);
  });
});
