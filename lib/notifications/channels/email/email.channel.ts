import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { ISendMailOptions, MailerService } from '@nestjs-modules/mailer';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import type { Discard } from '../../../retry/discard.js';
import type { ChannelMessage, NotificationChannel, SendReceipt } from '../channel.js';
import { htmlOf, type MailerSetup } from './email-body.js';
import { InvalidNotificationError } from '../../invalid-notification.error.js';
import { parseAddress, parseAddresses } from './email-address.js';
import { EMAIL_CHANNEL, type EmailMessage } from './email.notification.js';
import { assertEmailMessage } from './email.validator.js';
import { messageIdOf } from './message-id.js';
import { permanentRefusal, receiptOf } from './smtp-answer.js';

/** The application's mailer. */
interface Mailer {
  readonly service: MailerService;
  /** How it is set up; not known where a test has put something in its place. */
  readonly setup: MailerSetup | undefined;
}

/**
 * Sends e-mails by `@nestjs-modules/mailer`. The package is an optional peer: an application that
 * sends no e-mails does without it, and one that does is told what to install.
 *
 * @internal
 */
@Injectable()
export class EmailChannel implements NotificationChannel<EmailMessage>, OnModuleInit {
  readonly name = EMAIL_CHANNEL;
  private mailer: Mailer | undefined;
  private missing: unknown;

  constructor(private readonly moduleRef: ModuleRef) {}

  async onModuleInit(): Promise<void> {
    try {
      const { MailerService, MAILER_OPTIONS } = await import('@nestjs-modules/mailer');
      const service = this.moduleRef.get(MailerService, { strict: false });
      this.mailer = { service, setup: this.setup(MAILER_OPTIONS) };
    } catch (error) {
      this.missing = error;
    }
  }

  validate(payload: EmailMessage): void {
    const { setup } = this.requireMailer();
    assertEmailMessage(payload);
    if (setup === undefined) return;
    if (payload.template !== undefined) assertTemplates(setup);
    assertTransporter(payload, setup);
  }

  recipient({ to, cc, bcc }: EmailMessage): string {
    return [to, cc, bcc]
      .flatMap(parseAddresses)
      .map(({ address }) => address)
      .join(', ');
  }

  /**
   * Whatever the server does not refuse for good is retried, a missing template too: the next
   * deployment may bring it.
   */
  async send({
    id,
    payload,
    signal,
  }: ChannelMessage<EmailMessage>): Promise<SendReceipt | Discard> {
    const { service, setup } = this.requireMailer();
    const html = await htmlOf(payload, setup);
    const mail: ISendMailOptions & { readonly signal: AbortSignal } = {
      ...toMail(payload),
      ...(html === undefined ? undefined : { html }),
      ...transporterOf(payload, setup),
      messageId: messageIdOf(id, payload.from ?? setup?.defaults?.from),
      // Gives up the connection from nodemailer 10 on. An earlier one goes on, and may well succeed
      // after the attempt was given up: the Message-ID tells the repeat then.
      signal,
    };
    try {
      return receiptOf(await service.sendMail(mail));
    } catch (error) {
      const refusal = permanentRefusal(error);
      if (refusal === undefined) throw error;
      return refusal;
    }
  }

  private requireMailer(): Mailer {
    if (this.mailer !== undefined) return this.mailer;
    throw ConfigurationError.because(
      'MailerModule',
      'The e-mail channel has no mailer to send with.',
      'Install @nestjs-modules/mailer, nodemailer and lodash (which the first needs without saying so), ' +
        'and import MailerModule.forRoot({ transport, defaults: { from } }) in the application.',
      { cause: this.missing },
    );
  }

  private setup(token: string): MailerSetup | undefined {
    try {
      return this.moduleRef.get<MailerSetup>(token, { strict: false });
    } catch {
      return undefined;
    }
  }
}

/** Without any, the mailer would send an e-mail with nothing in it. */
function assertTemplates({ template }: MailerSetup): void {
  if (template?.adapter !== undefined || template?.resolver !== undefined) return;
  throw ConfigurationError.because(
    'MailerModule',
    'The mailer cannot fill in templates.',
    'Give MailerModule.forRoot a `template: { dir, adapter }`, or send `html` or `text`.',
  );
}

function assertTransporter({ transporter }: EmailMessage, { transports = {} }: MailerSetup): void {
  if (transporter === undefined || Object.hasOwn(transports, transporter)) return;
  const names = Object.keys(transports);
  throw new InvalidNotificationError(
    'payload.transporter',
    "the name of one of MailerModule's `transports`",
    transporter,
    names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`,
  );
}

/** The mailer sends by its `transport` where it is told nothing, and fails where it has only named ones. */
function transporterOf(
  { transporter }: EmailMessage,
  setup: MailerSetup | undefined,
): Pick<ISendMailOptions, 'transporterName'> {
  const [first] = Object.keys(setup?.transports ?? {});
  const name = transporter ?? (setup?.transport ? undefined : first);
  return name === undefined ? {} : { transporterName: name };
}

/**
 * Addresses as parsed, so that nodemailer reads nothing else into them. What the message leaves out
 * stays out: the mailer has defaults for it.
 */
function toMail({
  to,
  cc,
  bcc,
  from,
  replyTo,
  attachments,
  transporter: _transporter,
  ...rest
}: EmailMessage): ISendMailOptions {
  const sender = from === undefined ? undefined : parseAddress(from);
  return {
    ...rest,
    to: parseAddresses(to),
    ...(cc === undefined ? undefined : { cc: parseAddresses(cc) }),
    ...(bcc === undefined ? undefined : { bcc: parseAddresses(bcc) }),
    ...(sender === undefined ? undefined : { from: sender }),
    ...(replyTo === undefined ? undefined : { replyTo: parseAddresses(replyTo) }),
    ...(attachments === undefined ? undefined : { attachments: [...attachments] }),
  };
}
