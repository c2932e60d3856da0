import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A received mail. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly receivedAt: number;
}

/** A mail server that speaks real SMTP, keeps the mails that it receives, and forwards none. */
export class MailSink {
  readonly mails: Mail[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, callback) => {
      text(stream).then((message) => {
        this.mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          subject: /^Subject: (.*)$/im.exec(message)?.[1] ?? '',
          receivedAt: Date.now(),
        });
        for (const listener of this.listeners) listener();
        callback();
      }, callback);
    },
  });

  /** @returns the URL for the mailer's transport */
  async listen(): Promise<string> {
    const listening = this.server.listen(0, '127.0.0.1');
    await new Promise((resolve, reject) => {
      this.server.on('error', reject);
      listening.once('listening', resolve);
    });
    const address = listening.address();
    if (address === null || typeof address === 'string')
      throw new Error('The mail sink has no port.');
    return `smtp://127.0.0.1:${address.port}`;
  }

  /** Resolves with the mail number `count` to this address, or with `undefined` after the time-out. */
  async waitFor(to: string, count: number, timeoutMs: number): Promise<Mail | undefined> {
    const find = (): Mail | undefined => this.mailsTo(to)[count - 1];
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(find());
      };
      const look = (): void => {
        if (find() !== undefined) finish();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.listeners.add(look);
      look();
    });
  }

  mailsTo(to: string): readonly Mail[] {
    return this.mails.filter((mail) => mail.to.includes(to));
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
