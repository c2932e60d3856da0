import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { Signal } from './signal.js';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
}

/** A mail server for tests that speaks real SMTP. It can be stopped, and started again on its port. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** Each mail, for a test to wait for. */
  received = new Signal<ReceivedMail>();
  private server: SMTPServer | undefined;
  private port = 0;

  /** @param answerAfterMs how long it takes to acknowledge a mail, in milliseconds */
  constructor(private readonly answerAfterMs = 0) {}

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onData: (stream, session, callback) => {
        text(stream).then((message) => {
          const mail = {
            to: session.envelope.rcptTo.map(({ address }) => address),
            subject: header(message, 'Subject'),
            messageId: header(message, 'Message-ID'),
            text: message.slice(message.indexOf('\r\n\r\n') + 4).trim(),
          };
          this.mails.push(mail);
          const answer = (): void => {
            callback();
            this.received.push(mail);
          };
          if (this.answerAfterMs === 0) answer();
          else setTimeout(answer, this.answerAfterMs);
        }, callback);
      },
    });
    server.on('error', () => undefined);
    this.server = server;
    await new Promise<void>((resolve) => {
      const listening = server.listen(this.port, '127.0.0.1', resolve);
      listening.on('listening', () => {
        const address = listening.address();
        if (typeof address === 'object' && address !== null) this.port = address.port;
      });
    });
  }

  /** Forgets what it has received. */
  clear(): void {
    this.mails.length = 0;
    this.received = new Signal();
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(resolve));
  }
}

function header(message: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(message)?.[1]?.trim() ?? '';
}
