import { ConfigurationError } from '../../errors/configuration.error.js';
import { hmac } from './hmac.scheme.js';

describe('hmac', () => {
  const base = { secret: 'secret', signature: { header: 'X-Signature' } } as const;

  it.each<[string, object]>([
    ['algorithm', { algorithm: 'md5' }],
    ['key.encoding', { key: { encoding: 'latin1' } }],
    ['signature.header', { signature: {} }],
    ['signature.header', { signature: { header: 'x signature:' } }],
    ['signature.header', { signature: { header: [] } }],
    ['signature.encoding', { signature: { header: 'x', encoding: 'base64url' } }],
    ['signature.separator', { signature: { header: 'x', separator: '' } }],
    ['timestamp', { timestamp: { header: 'x' } }],
    ['timestamp', { timestamp: {} }],
    ['timestamp.header', { timestamp: { header: '' }, content: '{timestamp}{body}' }],
    ['timestamp.unit', { timestamp: { header: 'x', unit: 'm' }, content: '{timestamp}{body}' }],
    ['timestamp.entry', { timestamp: { entry: 't=' }, content: '{timestamp}{body}' }],
    ['timestamp.path', { timestamp: { path: 'at' }, content: '{timestamp}{body}' }],
    ['idHeader', { id: { header: 'x id' } }],
    ['type.header', { type: { header: ' ' } }],
    ['occurredAt.header', { occurredAt: { header: 5, unit: 's' } }],
    ['content', { idHeader: 'x-id', content: '{id}{body}' }],
    ['content', { idHeader: 'x-id', content: '{body}{id}' }],
  ])('names the option %s where it is wrong, when it is created', (option, wrong) => {
    expect(() => hmac({ ...base, ...(wrong as object) })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', option }) as never,
    );
  });

  it.each([
    ['{timestamp}.{body}', /timestamp/],
    ['{id}.{body}', /idHeader/],
    ['{url}{body}', /url/],
    ['{nonce}{body}', /\{nonce\}/],
    ['{timestamp}', /leaves out \{body\}/],
  ])('REQ-6 refuses the content %s, which it could not check', (content, message) => {
    expect(() => hmac({ ...base, content })).toThrow(message);
  });

  it.each([0, -1, Number.NaN])('refuses a tolerance of %p seconds', (toleranceSeconds) => {
    expect(() => hmac({ ...base, timestamp: { header: 'x', toleranceSeconds } })).toThrow(
      ConfigurationError,
    );
  });
});
