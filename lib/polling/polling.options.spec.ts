import { POLLING_OPTIONS } from './polling.options.js';

describe('POLLING_OPTIONS', () => {
  it('fills in the defaults', () => {
    expect(POLLING_OPTIONS.resolve(undefined)).toEqual({
      enabled: true,
      leaseMs: 60_000,
      stopTimeoutMs: 10_000,
    });
    expect(POLLING_OPTIONS.resolve({ enabled: false })).toEqual({
      ...POLLING_OPTIONS.defaults,
      enabled: false,
    });
  });

  it.each([{ leaseMs: 0 }, { stopTimeoutMs: -1 }, { enabled: 'yes' }, { intervalMs: 5 }, []])(
    'refuses %j',
    (given) => expect(() => POLLING_OPTIONS.resolve(given)).toThrow(/polling/),
  );
});
