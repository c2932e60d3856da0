import { ConfigurationError } from '../errors/configuration.error.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import type { SourceOptions } from './source.options.js';
import { SOURCES, type CheckedSource, type SourcesOption } from './sources.option.js';

const scheme: SignatureScheme = {
  name: 'test',
  verify: () => ({ ok: true, keyIndex: 0 }),
};

class SchemeClass implements SignatureScheme {
  readonly name = 'class';
  verify = scheme.verify;
}

function resolve(sources: SourcesOption): ReadonlyMap<string, CheckedSource> {
  return SOURCES.resolve(sources, 'sources');
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

describe('SOURCES', () => {
  it('takes a scheme, a class, and options', () => {
    const sources = resolve({ a: scheme, b: SchemeClass, c: { scheme: SchemeClass } });
    expect([...sources.keys()]).toEqual(['a', 'b', 'c']);
    expect(sources.get('a')?.scheme).toBe(scheme);
    expect(sources.get('b')?.scheme).toBe(SchemeClass);
    expect(sources.get('c')?.scheme).toBe(SchemeClass);
  });

  it('F-33 makes the scheme by a function, once, and names its source where that fails', () => {
    const make = jest.fn(() => scheme);
    const sources = resolve({ a: () => make(), b: { scheme: () => make() } });
    expect([sources.get('a')?.scheme, sources.get('b')?.scheme]).toEqual([scheme, scheme]);
    expect(make).toHaveBeenCalledTimes(2);

    const cause = ConfigurationError.because('secret', 'It is unset.', 'Set it.');
    const failed = errorOf(() =>
      resolve({
        game: () => {
          throw cause;
        },
      }),
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
    const error = errorOf(() => resolve({ game: wrong(make) }));
    expect(error.option).toBe('sources.game.scheme');
    expect(error.message).toMatch(/source 'game' returns no signature scheme/);
  });

  it('F-33 names the source of a function that throws', () => {
    const error = errorOf(() =>
      resolve({ game: wrong((options: { secret: string }) => options.secret) }),
    );
    expect(error.option).toBe('sources.game.scheme');
    expect(error.message).toMatch(/source 'game' cannot be set up.*threw TypeError/);
  });

  it('fills in defaults', () => {
    expect(resolve({ game: scheme }).get('game')).toEqual({
      scheme,
      bodyLimitBytes: undefined,
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
    expect(resolve({ game: options }).get('game')).toMatchObject({
      ...options,
      storeHeaders: ['x-request-id', 'x-author', 'idempotency-key'],
    });
  });

  it('REQ-44 finds nothing under the names of what objects have', () => {
    const sources = resolve({ game: scheme });
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(sources.get(name)).toBeUndefined();
    }
  });

  it.each(['', ' ', '-a', '__proto__', 'a/b', 'a b', 'ä', 'a'.repeat(65), 'a\n'])(
    'refuses the name %j',
    (name) => {
      const sources = Object.fromEntries([[name, scheme]]);
      expect(errorOf(() => resolve(sources)).message).toContain(`'${name}'`);
    },
  );

  it('refuses names that differ only in case', () => {
    const error = errorOf(() => resolve({ Game: scheme, game: scheme }));
    expect(error.message).toContain("two sources with the name 'game'");
  });

  it.each([undefined, null, '', 'secret', 5, [], [scheme]])(
    'REQ-1 names a source without a scheme: %j',
    (value) => {
      const error = errorOf(() => resolve({ game: wrong(value) }));
      expect(error.option).toBe('sources.game');
      expect(error.message).not.toContain('secret,');
    },
  );

  it.each([undefined, null, 'whsec_123', {}, { verify: 'HS256' }])(
    'REQ-1 names options without a scheme: %j',
    (value) => {
      const error = errorOf(() => resolve({ game: { scheme: wrong(value) } }));
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
    ['occurredAt', new Date(0)],
    ['tenant', 'a'],
    ['seal', 'yes'],
    ['storeHeaders', 'x-request-id'],
    ['storeHeaders[0]', [5]],
    ['storeHeaders[1]', ['x-author', 'x request']],
    ['storeHeaders[0]', ['']],
    ['jsonField', ''],
    ['jsonField', 'a.b'],
    ['jsonField', 7],
    ['jsonField', 'x'.repeat(65)],
    ['probes[1]', ['HEAD', 'POST']],
    ['probes', 'GET'],
    ['probes[0]', ['get']],
  ])('F-16 F-17 refuses %s: %j', (option, value) => {
    const [key = ''] = option.split('[');
    const error = errorOf(() => resolve(withOption({ [key]: value })));
    expect(error.option).toBe(`sources.game.${option}`);
  });

  it('refuses an option that does not exist', () => {
    const error = errorOf(() => resolve(withOption({ secret: 'whsec_123' })));
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
    const error = errorOf(() => resolve(withOption({ storeHeaders: [name] })));
    expect(error.option).toBe('sources.game.storeHeaders');
  });

  it('refuses sources that are no object', () => {
    expect(errorOf(() => resolve(wrong([scheme]))).option).toBe('sources');
  });
});
