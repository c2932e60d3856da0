import { ConfigurationError } from '../errors/configuration.error.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { resolveReceiverOptions } from './receiver.options.resolver.js';
import { resolveSources } from './source.options.resolver.js';
import type { SourceOptions, SourcesOption } from './receiver.options.js';

const scheme: SignatureScheme = {
  name: 'test',
  verify: () => ({ ok: true, keyIndex: 0 }),
};

class SchemeClass implements SignatureScheme {
  readonly name = 'class';
  verify = scheme.verify;
}

function errorOf(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** As JavaScript, or an environment variable that is not set, may give it. */
function wrong(value: unknown): never {
  return value as never;
}

function withOption(option: object): SourcesOption {
  return { game: { scheme, ...option } };
}

describe(resolveSources.name, () => {
  it('takes a scheme, a class, and options', () => {
    const sources = resolveSources({ a: scheme, b: SchemeClass, c: { scheme: SchemeClass } }, 7);
    expect([...sources.keys()]).toEqual(['a', 'b', 'c']);
    expect(sources.get('a')?.scheme).toBe(scheme);
    expect(sources.get('b')?.scheme).toBe(SchemeClass);
    expect(sources.get('c')?.scheme).toBe(SchemeClass);
  });

  it('F-33 makes the scheme by a function, once, and names its source where that fails', () => {
    const make = jest.fn(() => scheme);
    const sources = resolveSources({ a: () => make(), b: { scheme: () => make() } }, 7);
    expect([sources.get('a')?.scheme, sources.get('b')?.scheme]).toEqual([scheme, scheme]);
    expect(make).toHaveBeenCalledTimes(2);

    const cause = ConfigurationError.because('secret', 'It is unset.', 'Set it.');
    const failed = errorOf(() =>
      resolveSources(
        {
          game: () => {
            throw cause;
          },
        },
        7,
      ),
    );
    expect(failed).toMatchObject({ option: 'sources.game.secret', cause });
    expect(failed.message).toBe("The source 'game' cannot be set up. It is unset. Set it.");
  });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a class', () => SchemeClass],
    ['a promise', () => Promise.resolve(scheme)],
  ])('F-33 names the source of a function that returns %s', (_, make) => {
    const error = errorOf(() => resolveSources({ game: wrong(make) }, 7));
    expect(error.option).toBe('sources.game.scheme');
    expect(error.message).toMatch(/source 'game' returns no signature scheme/);
  });

  it('F-33 names the source of a function that throws', () => {
    const error = errorOf(() =>
      resolveSources({ game: wrong((options: { secret: string }) => options.secret) }, 7),
    );
    expect(error.option).toBe('sources.game.scheme');
    expect(error.message).toMatch(/source 'game' cannot be set up.*threw TypeError/);
  });

  it('fills in defaults', () => {
    expect(resolveSources({ game: scheme }, 7).get('game')).toEqual({
      scheme,
      bodyLimitBytes: 7,
      schema: undefined,
      onInvalidPayload: 'refuse',
      id: undefined,
      type: undefined,
      occurredAt: undefined,
      tenant: undefined,
      storeHeaders: [],
      jsonField: undefined,
      probes: [],
      seal: undefined,
    });
  });

  it('keeps what the host says', () => {
    const options: SourceOptions = {
      scheme,
      bodyLimitBytes: 25_000_000,
      onInvalidPayload: 'store',
      id: () => 'id',
      storeHeaders: ['X-Request-Id', 'x-author', 'Idempotency-Key'],
    };
    expect(resolveSources({ game: options }, 7).get('game')).toMatchObject({
      ...options,
      storeHeaders: ['x-request-id', 'x-author', 'idempotency-key'],
    });
  });

  it('REQ-44 finds nothing under the names of what objects have', () => {
    const sources = resolveSources({ game: scheme }, 7);
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(sources.get(name)).toBeUndefined();
    }
  });

  it.each(['', ' ', '-a', '__proto__', 'a/b', 'a b', 'ä', 'a'.repeat(65), 'a\n'])(
    'refuses the name %j',
    (name) => {
      const sources = Object.fromEntries([[name, scheme]]);
      expect(errorOf(() => resolveSources(sources, 7)).message).toContain(`'${name}'`);
    },
  );

  it('refuses names that differ in case alone', () => {
    const error = errorOf(() => resolveSources({ Game: scheme, game: scheme }, 7));
    expect(error.message).toContain("two sources with the name 'game'");
  });

  it.each([undefined, null, '', 'secret', 5, [], [scheme]])(
    'REQ-1 names a source without a scheme: %j',
    (value) => {
      const error = errorOf(() => resolveSources({ game: wrong(value) }, 7));
      expect(error.option).toBe('sources.game');
      expect(error.message).not.toContain('secret,');
    },
  );

  it.each([undefined, null, 'whsec_123', {}, { verify: 'HS256' }])(
    'REQ-1 names options without a scheme: %j',
    (value) => {
      const error = errorOf(() => resolveSources({ game: { scheme: wrong(value) } }, 7));
      expect(error.option).toBe('sources.game.scheme');
      expect(error.message).not.toContain('whsec_123');
    },
  );

  it.each([
    ['bodyLimitBytes', 0],
    ['bodyLimitBytes', -1],
    ['bodyLimitBytes', 1.5],
    ['bodyLimitBytes', NaN],
    ['bodyLimitBytes', '1mb'],
    ['schema', {}],
    ['schema', 'object'],
    ['onInvalidPayload', 'reject'],
    ['id', 'data.id'],
    ['type', 5],
    ['occurredAt', new Date()],
    ['tenant', 'a'],
    ['seal', 'yes'],
    ['storeHeaders', 'x-request-id'],
    ['storeHeaders', [5]],
    ['storeHeaders', ['x request']],
    ['storeHeaders', ['']],
  ])('refuses %s of %j', (option, value) => {
    const error = errorOf(() => resolveSources(withOption({ [option]: value }), 7));
    expect(error.option).toBe(`sources.game.${option}`);
  });

  it('refuses an option that does not exist', () => {
    const error = errorOf(() => resolveSources(withOption({ secret: 'whsec_123' }), 7));
    expect(error.option).toBe('sources.game.secret');
    expect(error.message).toContain('storeHeaders');
    expect(error.message).not.toContain('whsec_123');
  });

  it.each([
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'webhook-signature',
    'Stripe-Signature',
    'x-hub-signature-256',
    'x-shopify-hmac-sha256',
    'paypal-transmission-sig',
    'x-gitlab-token',
    'x-api-key',
    'x-webhook-secret',
  ])('REQ-43 never stores the header %s', (name) => {
    const error = errorOf(() => resolveSources(withOption({ storeHeaders: [name] }), 7));
    expect(error.option).toBe('sources.game.storeHeaders');
  });

  it('refuses sources that are no object', () => {
    expect(errorOf(() => resolveSources(wrong([scheme]), 7)).option).toBe('sources');
  });
});

describe(resolveReceiverOptions.name, () => {
  it('fills in defaults', () => {
    const resolved = resolveReceiverOptions({ sources: { game: scheme } });
    expect(resolved).toMatchObject({ path: 'webhooks', retryAfterSeconds: 10 });
    expect(resolved.sources.get('game')?.bodyLimitBytes).toBe(1_048_576);
  });

  it.each([
    ['https://example.com', 'https://example.com'],
    ['https://Example.com:443/', 'https://example.com'],
    ['http://10.0.0.1:3000/api/', 'http://10.0.0.1:3000/api'],
  ])('takes the public URL %s', (publicUrl, expected) => {
    expect(resolveReceiverOptions({ receiver: { publicUrl } }).publicUrl).toBe(expected);
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
  ])('refuses the public URL %j, and does not quote it', (publicUrl) => {
    const error = errorOf(() =>
      resolveReceiverOptions({ receiver: { publicUrl: wrong(publicUrl) } }),
    );
    expect(error.option).toBe('receiver.publicUrl');
    expect(error.message).not.toContain('password');
  });

  it('needs no sources', () => {
    expect(resolveReceiverOptions({}).sources.size).toBe(0);
  });

  it('gives its limit to sources that have none of their own', () => {
    const { sources } = resolveReceiverOptions({
      receiver: { bodyLimitBytes: 10, retryAfterSeconds: wrong(undefined) },
      sources: { a: scheme, b: { scheme, bodyLimitBytes: 20 } },
    });
    expect(sources.get('a')?.bodyLimitBytes).toBe(10);
    expect(sources.get('b')?.bodyLimitBytes).toBe(20);
  });

  it.each([
    ['hooks', 'hooks'],
    ['/hooks/', 'hooks'],
    ['in/v1/hooks', 'in/v1/hooks'],
  ])('takes the path %s', (path, expected) => {
    expect(resolveReceiverOptions({ path }).path).toBe(expected);
  });

  it.each(['', '/', 'a b', 'a//b', '../a', 'a?b', ':tenant', '*', 'ü', wrong(5)])(
    'refuses the path %j',
    (path) => {
      expect(errorOf(() => resolveReceiverOptions({ path })).option).toBe('path');
    },
  );

  it.each([
    ['bodyLimitBytes', 0],
    ['retryAfterSeconds', -1],
    ['retryAfterSeconds', '10'],
    ['retries', 5],
  ])('refuses %s of %j', (option, value) => {
    const receiver = wrong({ [option]: value });
    expect(errorOf(() => resolveReceiverOptions({ receiver })).option).toBe(`receiver.${option}`);
  });
});

describe('F-9 F-11 F-16 options', () => {
  const receiverWith = (receiver: object, bodyLimitBytes = 1_000) =>
    resolveReceiverOptions({ sources: { game: { scheme, bodyLimitBytes } }, receiver });

  it('F-9 F-11 have defaults', () => {
    expect(receiverWith({})).toMatchObject({
      bodyTimeoutMs: 30_000,
      maxUnfinishedBytes: 64 * 1_048_576,
      contentEncodings: ['gzip', 'deflate'],
    });
    expect(receiverWith({}, 25_000_000).maxUnfinishedBytes).toBe(100_000_000);
  });

  it.each([
    ['receiver.bodyTimeoutMs', { bodyTimeoutMs: 0 }],
    ['receiver.maxUnfinishedBytes', { maxUnfinishedBytes: -1 }],
    ['receiver.maxUnfinishedBytes', { maxUnfinishedBytes: 1_000 }],
    ['receiver.contentEncodings', { contentEncodings: ['zstd'] }],
    ['receiver.contentEncodings', { contentEncodings: 'gzip' }],
  ])('F-9 F-11 %s refuses %j', (option, receiver) => {
    expect(errorOf(() => receiverWith(receiver)).message).toContain(option);
  });

  it.each(['', 'a.b', 7, 'x'.repeat(65)])('F-16 jsonField cannot be %j', (jsonField) => {
    expect(errorOf(() => resolveSources(withOption({ jsonField }), 7)).message).toContain(
      'sources.game.jsonField',
    );
  });

  it.each([['POST'], 'GET', ['get']])('F-17 probes cannot be %j', (probes) => {
    expect(errorOf(() => resolveSources(withOption({ probes }), 7)).message).toContain(
      'sources.game.probes',
    );
  });
});
