import { Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';
import {
  email,
  NotificationService,
  OnWebhook,
  type HandlerContext,
  type WebhookEvent,
} from '../../lib/index.js';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** Sends a mail for each event, and reports each mail that it passes to the mailer. */
@Injectable()
export class MailHandlers implements OnModuleInit {
  constructor(
    private readonly notifications: NotificationService,
    @Optional() private readonly mailer?: MailerService,
  ) {}

  onModuleInit(): void {
    const { mailer } = this;
    if (mailer === undefined) return;
    const sendMail = mailer.sendMail.bind(mailer);
    mailer.sendMail = (mail) => {
      tell(`mailing ${mail.subject}`);
      return sendMail(mail);
    };
  }

  @OnWebhook('mail', { name: 'mail' })
  async mail({ id }: WebhookEvent, { attempt }: HandlerContext): Promise<void> {
    tell(`started ${id} ${attempt}`);
    const text = 'It must not be lost.';
    await this.notifications.notify(email({ to: 'jane@example.com', subject: id, text, key: id }));
    tell(`handled ${id} ${attempt}`);
  }
}
