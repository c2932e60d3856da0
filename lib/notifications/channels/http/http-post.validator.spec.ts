import { InvalidNotificationError } from '../../invalid-notification.error.js';
import { assertHttpPost } from './http-post.validator.js';

const POST = { url: 'https://chat.example.com/hooks/s3cret', json: { text: 'Hello' } };

describe(assertHttpPost.name, () => {
  it.each([
    ['a post', POST],
    ['one that says null', { ...POST, json: null }],
    ['one with headers', { ...POST, headers: { Authorization: 'Bearer x', 'X-A': '' } }],
  ])('takes %s', (_, message) => {
    expect(() => assertHttpPost(message)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'payload'],
    ['a list', [], 'payload'],
    ['no URL', { json: 1 }, 'payload.url'],
    ['a relative URL', { ...POST, url: '/hooks' }, 'payload.url'],
    ['another protocol', { ...POST, url: 'file:///etc/passwd' }, 'payload.url'],
    ['a URL with a password', { ...POST, url: 'https://a:b@example.com/' }, 'payload.url'],
    ['no body', { url: POST.url }, 'payload.json'],
    ['an unknown field', { ...POST, body: 'x' }, 'payload.body'],
    ['headers that are a list', { ...POST, headers: [] }, 'payload.headers'],
    ['a header that is a number', { ...POST, headers: { 'X-A': 1 } }, 'payload.headers.X-A'],
    [
      'REQ-69 a header with a line break',
      { ...POST, headers: { 'X-A': 'a\r\nb: c' } },
      'payload.headers.X-A',
    ],
    [
      'REQ-69 a header name with a line break',
      { ...POST, headers: { 'X-A\r\n': 'a' } },
      'payload.headers',
    ],
    ...[
      'Host',
      'Content-Length',
      'content-type',
      'Transfer-Encoding',
      'Connection',
      'Idempotency-Key',
    ].map((name): [string, unknown, string] => [
      `REQ-69 the header ${name}`,
      { ...POST, headers: { [name]: 'x' } },
      `payload.headers.${name}`,
    ]),
  ])('refuses %s', (_, message, field) => {
    expect(() => assertHttpPost(message)).toThrow(InvalidNotificationError);
    expect(() => assertHttpPost(message)).toThrow(expect.objectContaining({ field }) as Error);
  });

  it('REQ-43 tells nothing of a URL or header', () => {
    const headers = { Authorization: 'Bearer s3cret\n' };
    for (const message of [
      { ...POST, url: 'ftp://example.com/s3cret' },
      { ...POST, headers },
    ]) {
      expect(() => assertHttpPost(message)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('s3cret') }) as Error,
      );
    }
  });
});
