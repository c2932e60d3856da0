import { DEFAULT_POLLING_OPTIONS } from './polling.options.js';
import { resolvePollingOptions } from './polling.options.resolver.js';

describe(resolvePollingOptions, () => {
  it('fills in the defaults', () => {
    expect(resolvePollingOptions(undefined)).toEqual(DEFAULT_POLLING_OPTIONS);
    expect(resolvePollingOptions({ enabled: false })).toEqual({
      ...DEFAULT_POLLING_OPTIONS,
      enabled: false,
    });
  });

  it.each([{ leaseMs: 0 }, { stopTimeoutMs: -1 }, { enabled: 'yes' }, { intervalMs: 5 }, []])(
    'refuses %j',
    (given) => expect(() => resolvePollingOptions(given)).toThrow(/polling/),
  );
});
