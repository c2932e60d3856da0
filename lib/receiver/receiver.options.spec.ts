import { resolveWebhookOptions, type WebhookModuleOptions } from '../module/webhook.options.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import type { ResolvedReceiverOptions } from './receiver.options.js';

const scheme: SignatureScheme = {
  name: 'test',
  verify: () => ({ ok: true, keyIndex: 0 }),
};

/** The receiver's share of the module's options. */
function resolve(options: WebhookModuleOptions): ResolvedReceiverOptions {
  return resolveWebhookOptions(options).receiver;
}

const receiverWith = (receiver: object, bodyLimitBytes = 1_000): ResolvedReceiverOptions =>
  resolve({ sources: { game: { scheme, bodyLimitBytes } }, receiver });

/** As JavaScript, or an environment variable that is not set, may give it. */
function wrong(value: unknown): never {
  return value as never;
}

const refusalOf = (option: string): Error => expect.objectContaining({ option }) as Error;

describe('RECEIVER_OPTIONS', () => {
  it('F-9 F-11 fill in defaults', () => {
    const resolved = resolve({ sources: { game: scheme } });
    expect(resolved).toMatchObject({
      path: 'webhooks',
      retryAfterSeconds: 10,
      handshakeTimeoutMs: 10_000,
      bodyTimeoutMs: 30_000,
      maxUnfinishedBytes: 64 * 1_048_576,
      contentEncodings: ['gzip', 'deflate'],
      publicUrl: undefined,
    });
    expect(resolved.sources.get('game')?.bodyLimitBytes).toBe(1_048_576);
  });

  it('need no sources', () => {
    expect(resolve({}).sources.size).toBe(0);
  });

  it('give their limit to sources that have none of their own', () => {
    const { sources } = resolve({
      receiver: { bodyLimitBytes: 10, retryAfterSeconds: wrong(undefined) },
      sources: { a: scheme, b: { scheme, bodyLimitBytes: 20 } },
    });
    expect(sources.get('a')?.bodyLimitBytes).toBe(10);
    expect(sources.get('b')?.bodyLimitBytes).toBe(20);
  });

  it('F-11 leave room for the largest body by default', () => {
    expect(receiverWith({}, 25_000_000).maxUnfinishedBytes).toBe(100_000_000);
  });

  it.each([
    ['receiver.bodyLimitBytes', { bodyLimitBytes: 0 }],
    ['receiver.bodyTimeoutMs', { bodyTimeoutMs: 0 }],
    ['receiver.maxUnfinishedBytes', { maxUnfinishedBytes: -1 }],
    ['receiver.maxUnfinishedBytes', { maxUnfinishedBytes: 1_000 }],
    ['receiver.contentEncodings[0]', { contentEncodings: ['zstd'] }],
    ['receiver.contentEncodings', { contentEncodings: 'gzip' }],
    ['receiver.retryAfterSeconds', { retryAfterSeconds: -1 }],
    ['receiver.retryAfterSeconds', { retryAfterSeconds: '10' }],
    ['receiver.retries', { retries: 5 }],
    ['receiver', wrong([])],
  ])('F-9 F-11 refuse a wrong %s: %j', (option, receiver) => {
    expect(() => receiverWith(receiver)).toThrow(refusalOf(option));
  });

  it.each([
    ['https://example.com', 'https://example.com'],
    ['https://Example.com:443/', 'https://example.com'],
    ['http://10.0.0.1:3000/api/', 'http://10.0.0.1:3000/api'],
  ])('take the public URL %s', (publicUrl, expected) => {
    expect(resolve({ receiver: { publicUrl } }).publicUrl).toBe(expected);
  });

  it.each([
    '',
    'example.com',
    '/api',
    'ftp://example.com',
    'https://user:password@example.com',
    'https://example.com?a=1',
    'https://example.com#a',
    5,
    null,
  ])('refuse the public URL %j, and do not quote it', (publicUrl) => {
    const resolving = () => resolve({ receiver: { publicUrl: wrong(publicUrl) } });
    expect(resolving).toThrow(refusalOf('receiver.publicUrl'));
    expect(resolving).toThrow(/^(?!.*password)/);
  });
});

describe('RECEIVER_PATH', () => {
  it.each([
    ['hooks', 'hooks'],
    ['/hooks/', 'hooks'],
    ['in/v1/hooks', 'in/v1/hooks'],
  ])('takes the path %s', (path, expected) => {
    expect(resolve({ path }).path).toBe(expected);
  });

  it.each(['', '/', 'a b', 'a//b', '../a', 'a?b', ':tenant', '*', 'ü', wrong(5)])(
    'refuses the path %j',
    (path) => {
      expect(() => resolve({ path })).toThrow(refusalOf('path'));
    },
  );
});
