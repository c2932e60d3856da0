import { POLLING_OPTIONS } from './polling.options.js';

describe('POLLING_OPTIONS', () => {
  it('fills in the defaults', () => {
    expect(POLLING_OPTIONS.resolve(undefined)).toEqual({
      leaseMs: 60_000,
      stopTimeoutMs: 10_000,
    });
    expect(POLLING_OPTIONS.resolve({ leaseMs: 100 })).toEqual({
      ...POLLING_OPTIONS.defaults,
      leaseMs: 100,
    });
  });

  it.each([{ leaseMs: 0 }, { stopTimeoutMs: -1 }, { enabled: true }, { intervalMs: 5 }, []])(
    'refuses %j',
    (given) => expect(() => POLLING_OPTIONS.resolve(given)).toThrow(/polling/),
  );
});
