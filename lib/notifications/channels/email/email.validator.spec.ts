import { InvalidNotificationError } from '../../invalid-notification.error.js';
import { assertEmailMessage } from './email.validator.js';

const MAIL = { to: 'jane@example.com', subject: 'Hello', text: 'Well done.' };

describe(assertEmailMessage.name, () => {
  it.each([
    ['a plain one', MAIL],
    [
      'a template',
      { to: ['a@example.com'], subject: '', template: 'hello', context: { points: 1 } },
    ],
    [
      'everything',
      {
        ...MAIL,
        html: '<p>Well done.</p>',
        from: 'Game <game@example.com>',
        cc: ['a@example.com'],
        bcc: { name: 'B', address: 'b@example.com' },
        replyTo: 'support@example.com',
        headers: { 'X-Campaign': '100 points' },
        attachments: [{ filename: 'a.txt', content: 'YQ==', encoding: 'base64', cid: 'a' }],
      },
    ],
  ])('takes %s', (_, message) => {
    expect(() => assertEmailMessage(message)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['text', 'mail', 'payload'],
    ['no recipient', { ...MAIL, to: undefined }, 'payload.to'],
    ['an empty list of recipients', { ...MAIL, to: [] }, 'payload.to'],
    ['two addresses in one', { ...MAIL, to: ['a@example.com, b@example.com'] }, 'payload.to[0]'],
    ['a broken address', { ...MAIL, cc: { address: 'a@example.com' } }, 'payload.cc'],
    ['several senders', { ...MAIL, from: ['a@example.com', 'b@example.com'] }, 'payload.from'],
    ['no subject', { ...MAIL, subject: undefined }, 'payload.subject'],
    ['no body', { ...MAIL, text: undefined }, 'payload'],
    ['a body that is a file', { ...MAIL, html: { path: '/etc/passwd' } }, 'payload.html'],
    ['a raw message', { ...MAIL, raw: 'x' }, 'payload.raw'],
    ['a context that is a list', { ...MAIL, context: [] }, 'payload.context'],
    [
      'REQ-69 a header with a line break',
      { ...MAIL, headers: { 'X-A': 'a\r\nBcc: b' } },
      'payload.headers.X-A',
    ],
    [
      'REQ-69 a header of the channel',
      { ...MAIL, headers: { 'Message-ID': '<a@b>' } },
      'payload.headers.Message-ID',
    ],
    ['a malformed header', { ...MAIL, headers: { 'X A': 'a' } }, 'payload.headers'],
    [
      'an attachment from a file',
      { ...MAIL, attachments: [{ filename: 'a', path: '/etc/passwd' }] },
      'payload.attachments[0].path',
    ],
    [
      'an attachment without content',
      { ...MAIL, attachments: [{ filename: 'a' }] },
      'payload.attachments[0].content',
    ],
    [
      'an unknown encoding',
      { ...MAIL, attachments: [{ filename: 'a', content: '', encoding: 'hex' }] },
      'payload.attachments[0].encoding',
    ],
  ])('refuses %s', (_, message, field) => {
    expect(() => assertEmailMessage(message)).toThrow(InvalidNotificationError);
    expect(() => assertEmailMessage(message)).toThrow(expect.objectContaining({ field }) as Error);
  });

  it('REQ-43 tells no address', () => {
    expect(() => assertEmailMessage({ ...MAIL, to: 'secret@example.com,' })).toThrow(
      'Expected `payload.to` of the notification to be one e-mail address, got a string. ' +
        'Write it as "jane@example.com", "Jane <jane@example.com>" or { name, address }; several as an array.',
    );
  });
});
