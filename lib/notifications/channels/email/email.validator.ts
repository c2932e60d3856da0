import { InvalidNotificationError } from '../../invalid-notification.error.js';
import { assertHeaders } from '../header-fields.js';
import { parseAddress } from './email-address.js';
import type { EmailAddress, EmailAttachment, EmailMessage } from './email.notification.js';

const BODIES = ['template', 'html', 'text'] as const satisfies (keyof EmailMessage)[];
const TEXTS = ['subject', ...BODIES] as const satisfies (keyof EmailMessage)[];
const ADDRESS_LISTS = ['to', 'cc', 'bcc'] as const satisfies (keyof EmailMessage)[];
const SINGLE_ADDRESSES = ['from', 'replyTo'] as const satisfies (keyof EmailMessage)[];
const KEYS: readonly string[] = [
  ...TEXTS,
  ...ADDRESS_LISTS,
  ...SINGLE_ADDRESSES,
  'transporter',
  'context',
  'headers',
  'attachments',
] satisfies (keyof EmailMessage)[];
const ATTACHMENT_KEYS: readonly string[] = [
  'filename',
  'content',
  'encoding',
  'contentType',
  'cid',
] satisfies (keyof EmailAttachment)[];
const ENCODINGS: ReadonlySet<unknown> = new Set([undefined, 'utf8', 'base64']);

/** Set by the channel or the mailer, from other fields of the message. */
const RESERVED_HEADER =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*|return-path|received|dkim-signature)$/;

/**
 * Refuses an e-mail that could not be sent, and one that asks for more than an e-mail: nodemailer
 * would read files and URLs into the message where it is given a `path`.
 *
 * @throws {InvalidNotificationError} that names the field, never its value
 * @internal
 */
export function assertEmailMessage(given: unknown): asserts given is EmailMessage {
  const message = asRecord(given, 'payload');
  refuseUnknownKeys(message, 'payload', KEYS);
  if (message['to'] === undefined)
    throw new InvalidNotificationError('payload.to', 'an e-mail address', undefined);
  for (const key of ADDRESS_LISTS) assertAddresses(message[key], `payload.${key}`);
  for (const key of SINGLE_ADDRESSES) {
    if (message[key] !== undefined) assertAddress(message[key], `payload.${key}`);
  }
  if (message['subject'] === undefined)
    throw new InvalidNotificationError('payload.subject', 'text', undefined);
  for (const key of [...TEXTS, 'transporter']) assertText(message[key], `payload.${key}`);
  if (BODIES.every((key) => message[key] === undefined)) {
    throw new InvalidNotificationError(
      'payload',
      'an e-mail with a body',
      given,
      'Give it a `template` (with a `context`), `html` or `text`.',
    );
  }
  if (message['context'] !== undefined) asRecord(message['context'], 'payload.context');
  if (message['headers'] !== undefined)
    assertHeaders(message['headers'], (name) => RESERVED_HEADER.test(name));
  assertAttachments(message['attachments']);
}

function assertAddresses(given: unknown, field: string): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) return assertAddress(given, field);
  if (given.length === 0)
    throw new InvalidNotificationError(field, 'at least one e-mail address', given);
  given.forEach((address, index) => assertAddress(address, `${field}[${index}]`));
}

function assertAddress(given: unknown, field: string): void {
  if (!isAddress(given) || parseAddress(given) === undefined) {
    throw new InvalidNotificationError(
      field,
      'one e-mail address',
      given,
      'Write it as "jane@example.com", "Jane <jane@example.com>" or { name, address }; several as an array.',
    );
  }
}

function isAddress(given: unknown): given is EmailAddress {
  if (typeof given === 'string') return true;
  if (typeof given !== 'object' || given === null) return false;
  const { name, address } = given as { name?: unknown; address?: unknown };
  return typeof name === 'string' && typeof address === 'string';
}

function assertAttachments(given: unknown): void {
  if (given === undefined) return;
  if (!Array.isArray(given))
    throw new InvalidNotificationError('payload.attachments', 'an array', given);
  given.forEach((entry: unknown, index) => {
    const field = `payload.attachments[${index}]`;
    const attachment = asRecord(entry, field);
    refuseUnknownKeys(attachment, field, ATTACHMENT_KEYS);
    for (const key of ['filename', 'content']) {
      if (attachment[key] === undefined)
        throw new InvalidNotificationError(`${field}.${key}`, 'text', undefined);
    }
    for (const key of ATTACHMENT_KEYS) assertText(attachment[key], `${field}.${key}`);
    if (!ENCODINGS.has(attachment['encoding'])) {
      throw new InvalidNotificationError(
        `${field}.encoding`,
        "'utf8' or 'base64'",
        attachment['encoding'],
      );
    }
  });
}

function assertText(given: unknown, field: string): void {
  if (given !== undefined && typeof given !== 'string') {
    throw new InvalidNotificationError(field, 'text', given);
  }
}

function asRecord(given: unknown, field: string): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw new InvalidNotificationError(field, 'an object', given);
}

function refuseUnknownKeys(
  given: Record<string, unknown>,
  field: string,
  known: readonly string[],
): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new InvalidNotificationError(
      `${field}.${unknown}`,
      'left out',
      given[unknown],
      `There are: ${known.join(', ')}.`,
    );
  }
}
