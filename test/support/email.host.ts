import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { MailerModule, type MailerOptions } from '@nestjs-modules/mailer';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import { SMTPServer } from 'smtp-server';
import type { ChannelMessage } from '../../lib/notifications/channels/channel.js';
import { EmailChannel } from '../../lib/notifications/channels/email/email.channel.js';
import type { EmailMessage } from '../../lib/notifications/channels/email/email.notification.js';

export const NOTIFICATION_ID = '0190a0a0-0000-7000-8000-000000000001';

interface Mail {
  readonly recipients: readonly string[];
  readonly source: string;
}

/** An error that the server answers with. */
export function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** What the channel sends: an e-mail with these properties changed. */
export function emailMessage(payload: Partial<EmailMessage> = {}): ChannelMessage<EmailMessage> {
  return {
    id: NOTIFICATION_ID,
    payload: {
      to: 'jane@example.com',
      subject: 'Well done',
      text: 'You have 150 points.',
      ...payload,
    },
    attempt: 1,
    createdAt: new Date(),
    signal: new AbortController().signal,
  };
}

/** Gives each test a mail server, and the e-mail channel of an application that sends by it. */
export class EmailHost {
  mails: Mail[] = [];
  /** By which names clients have introduced themselves. */
  clients: string[] = [];
  refuseRecipient: (address: string) => Error | undefined = () => undefined;
  refuseMessage: () => Error | undefined = () => undefined;
  refuseSender: () => Error | undefined = () => undefined;
  private templates = '';
  private server: SMTPServer | undefined;
  private application: TestingModule | undefined;

  constructor() {
    beforeEach(async () => {
      this.mails = [];
      this.clients = [];
      this.refuseRecipient = () => undefined;
      this.refuseMessage = () => undefined;
      this.refuseSender = () => undefined;
      this.templates = mkdtempSync(join(tmpdir(), 'hookline-templates-'));
      await this.listen();
    });
    afterEach(async () => {
      await this.application?.close();
      this.application = undefined;
      await this.stopServer();
      rmSync(this.templates, { recursive: true, force: true });
    });
  }

  get port(): number {
    return (this.server!.server.address() as AddressInfo).port;
  }

  start(options: MailerOptions = {}): Promise<EmailChannel> {
    const mailer = MailerModule.forRoot({
      transport: `smtp://127.0.0.1:${this.port}`,
      defaults: { from: '"Game, Inc." <game@example.com>' },
      template: { dir: this.templates, adapter: new HandlebarsAdapter() },
      ...options,
    });
    return this.startWith({ imports: [mailer] });
  }

  /** With a transport of each name, by which it introduces itself, and no other. */
  startNamed(names: readonly string[]): Promise<EmailChannel> {
    // An explicit undefined takes back the default transport.
    return this.start({
      transport: undefined as never,
      transports: Object.fromEntries(
        names.map((name) => [name, `smtp://127.0.0.1:${this.port}?name=${name}`]),
      ),
    });
  }

  /** @param given what the application has beside the channel */
  async startWith({
    imports = [],
    providers = [],
  }: {
    readonly imports?: ReturnType<typeof MailerModule.forRoot>[];
    readonly providers?: Provider[];
  }): Promise<EmailChannel> {
    this.application = await Test.createTestingModule({
      imports,
      providers: [EmailChannel, ...providers],
    }).compile();
    await this.application.init();
    return this.application.get(EmailChannel);
  }

  addTemplate(name: string, content: string): void {
    writeFileSync(join(this.templates, `${name}.hbs`), content);
  }

  async stopServer(): Promise<void> {
    await new Promise<void>((resolve) => this.server!.close(resolve));
  }

  private async listen(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onAuth: (_auth, _session, callback) => callback(reply(535, 'wrong password')),
      onMailFrom: (_address, { hostNameAppearsAs }, callback) => {
        this.clients.push(hostNameAppearsAs);
        callback(this.refuseSender());
      },
      onRcptTo: ({ address }, _session, callback) => callback(this.refuseRecipient(address)),
      onData: (stream, session, callback) => {
        void text(stream).then((source) => {
          const refusal = this.refuseMessage();
          if (refusal !== undefined) return callback(refusal);
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ source, recipients });
          return callback(null, 'queued as 42');
        });
      },
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
}
