import { apart } from '../../apart.js';
import type { NotificationKey } from '../../notification-key.js';
import type { NotificationLane } from '../../notification-lane.js';
import type { Notification } from '../../notification.js';

/** Name of the e-mail channel. */
export const EMAIL_CHANNEL = 'email';

/**
 * One address: `jane@example.com`, `Jane Doe <jane@example.com>`, or name and address apart.
 *
 * @publicApi
 */
export type EmailAddress = string | { readonly name: string; readonly address: string };

/**
 * A file to go with an e-mail. Its content is stored with the notification until it is sent.
 *
 * @publicApi
 */
export interface EmailAttachment {
  /** Name that the reader sees. */
  readonly filename: string;
  /** The content as text; bytes as base64, with `encoding: 'base64'`. */
  readonly content: string;
  /** How bytes are written in `content`. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64';
  /** Media type. @default by the file's name */
  readonly contentType?: string;
  /** Id by which the HTML shows it: `<img src="cid:logo">`. */
  readonly cid?: string;
}

/**
 * An e-mail. One of `template`, `html` and `text` has to be there.
 *
 * @publicApi
 */
export interface EmailMessage {
  /** Whom it is for; several as an array, never in one string. */
  readonly to: EmailAddress | readonly EmailAddress[];
  /** Subject; `{{name}}` is filled in from the context. */
  readonly subject: string;
  /** Name of a template of `MailerModule`. */
  readonly template?: string;
  /** What the template is filled in with. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Body as plain text. Where the mailer has a template adapter, readers get it as HTML too. */
  readonly text?: string;
  /** Body as HTML. */
  readonly html?: string;
  /** Sender. @default `defaults.from` of `MailerModule.forRoot` */
  readonly from?: EmailAddress;
  /**
   * Name of one of the `transports` of `MailerModule.forRoot`.
   * @default its `transport`; where it has only named ones, the first of them
   */
  readonly transporter?: string;
  /** Who gets a copy. */
  readonly cc?: EmailAddress | readonly EmailAddress[];
  /** Who gets a copy that the others do not see. */
  readonly bcc?: EmailAddress | readonly EmailAddress[];
  /** Where answers go. */
  readonly replyTo?: EmailAddress;
  /** Further headers; those of addresses, subject, date, content and identity are set by the channel. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Files to go with it. */
  readonly attachments?: readonly EmailAttachment[];
}

/**
 * An e-mail to send by `@nestjs-modules/mailer`, which the application sets up by `MailerModule.forRoot`.
 *
 * A permanent refusal (SMTP 5xx) of the recipient's mailbox or of the message discards it. Everything else is
 * retried with the same Message-ID, even a permanent refusal because of the account, a quota, relaying or a policy:
 * an operator can cure those. It counts as sent when the server takes it for some of its recipients, and its
 * receipt tells of the others: where each one matters, send each one an e-mail of their own.
 *
 * @param message the e-mail; with `key`, it is sent once to its recipient however often it is asked for,
 *   for the time of `keepKeyFor`; those of one `lane` are sent in the order in which they were asked for
 *
 * @example
 * ```ts
 * email({
 *   to: user.email,
 *   subject: 'Congratulations, {{name}}!',
 *   template: 'reached-100',
 *   context: { name: user.name, points: 150 },
 * })
 * ```
 * @publicApi
 */
export function email(
  message: EmailMessage & NotificationKey & NotificationLane,
): Notification<EmailMessage> {
  return { channel: EMAIL_CHANNEL, ...apart<EmailMessage>(message) };
}
