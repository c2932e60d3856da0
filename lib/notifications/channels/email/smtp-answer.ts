import { Discard } from '../../../retry/discard.js';
import type { SendReceipt } from '../channel.js';
import { isAboutMessage } from './smtp-reply.js';

/** The part of nodemailer's errors that is used here. */
interface SmtpError {
  /** At which stage it happened. */
  readonly code?: unknown;
  /** The command that was answered: `MAIL FROM`, `RCPT TO`, `DATA`. */
  readonly command?: unknown;
  /** The server's reply. */
  readonly response?: unknown;
  readonly responseCode?: unknown;
  /** Errors of single recipients. */
  readonly rejectedErrors?: unknown;
}

/** The part of nodemailer's results that is used here. */
interface SmtpInfo {
  readonly response?: unknown;
  readonly accepted?: unknown;
  readonly rejected?: unknown;
  readonly rejectedErrors?: unknown;
}

/** The server has answered to the envelope or the content of this message, and not to the connection. */
const MESSAGE_STAGES: ReadonlySet<unknown> = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * The verdict on a message that the server refused for good, or `undefined` where a later attempt may
 * succeed: a temporary reply (4xx), no connection, a login that failed, a template that is missing; and a
 * permanent one that concerns the account, a quota, relaying or a policy, which fail all messages alike
 * until an operator cures them. A server that turns away the connection itself, by whichever code, refuses no
 * message by it.
 *
 * @internal
 */
export function permanentRefusal(error: unknown): Discard | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { response, responseCode, rejectedErrors }: SmtpError = error;
  // Where all recipients were refused, each has its own reply; the error may tell but the last one.
  const replies = [
    error,
    ...(Array.isArray(rejectedErrors) ? (rejectedErrors as SmtpError[]) : []),
  ];
  if (!replies.every(isPermanent)) return undefined;
  return new Discard(`SMTP ${typeof response === 'string' ? response : String(responseCode)}`);
}

/**
 * What the server said when it took a message. Where it refused some of the recipients, the message
 * has gone to the others, and sending it again would reach them twice: it counts as sent, and the
 * receipt tells of the rest.
 *
 * @param info what nodemailer gave, which is another thing for each transport
 * @internal
 */
export function receiptOf(info: unknown): SendReceipt {
  if (typeof info !== 'object' || info === null) return {};
  const { response, accepted, rejected, rejectedErrors }: SmtpInfo = info;
  const parts = typeof response === 'string' ? [response] : [];
  const refused = lengthOf(rejected);
  if (refused > 0) {
    const [first] = Array.isArray(rejectedErrors) ? (rejectedErrors as SmtpError[]) : [];
    const reason = typeof first?.response === 'string' ? `: ${first.response}` : '';
    parts.push(`refused for ${refused} of ${refused + lengthOf(accepted)} recipients${reason}`);
  }
  return parts.length === 0 ? {} : { receipt: parts.join('; ') };
}

function isPermanent({ code, command, response, responseCode }: SmtpError): boolean {
  if (!MESSAGE_STAGES.has(code) || typeof responseCode !== 'number') return false;
  if (responseCode < 500 || responseCode > 599) return false;
  return isAboutMessage({
    code: responseCode,
    text: typeof response === 'string' ? response : '',
    isAboutSender: command === 'MAIL FROM',
  });
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
