import type { Duration } from '../clock/duration.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { NOTIFICATIONS_OPTIONS } from './notifications.options.js';

describe('NOTIFICATIONS_OPTIONS', () => {
  it('fills in defaults', () => {
    expect(NOTIFICATIONS_OPTIONS.resolve(undefined)).toEqual({
      channels: [],
      timeoutMs: 30_000,
      keepKeyFor: Infinity,
    });
  });

  it('takes what is given', () => {
    class SmsChannel {}
    const options = { channels: [SmsChannel], timeoutMs: 5_000, keepKeyFor: 1 };
    expect(NOTIFICATIONS_OPTIONS.resolve(options)).toEqual(options);
  });

  it.each<[Duration, number]>([
    ['90d', 7_776_000_000],
    ['1h30m', 5_400_000],
    ['1ms', 1],
    [1, 1],
    [Infinity, Infinity],
  ])('takes %p for how long keys are kept', (keepKeyFor, ms) => {
    expect(NOTIFICATIONS_OPTIONS.resolve({ keepKeyFor })).toMatchObject({ keepKeyFor: ms });
  });

  it('says what form a time has that is wrong', () => {
    expect(() => NOTIFICATIONS_OPTIONS.resolve({ keepKeyFor: '90 days' })).toThrow(
      'Expected `notifications.keepKeyFor` to be a whole number of milliseconds, 1 or more, a text such as ' +
        "'90d' or '1h30m', or Infinity, got a string. Correct it, or leave it out to keep keys for ever.",
    );
  });

  it.each<[string, unknown]>([
    ['notifications.timeoutMs', { timeoutMs: 0 }],
    ['notifications.keepKeyFor', { keepKeyFor: 0 }],
    ['notifications.keepKeyFor', { keepKeyFor: NaN }],
    ['notifications.keepKeyFor', { keepKeyFor: 1.5 }],
    ['notifications.keepKeyFor', { keepKeyFor: '0s' }],
    ['notifications.keepKeyFor', { keepKeyFor: '30 days' }],
    ['notifications.keepKeyFor', { keepKeyFor: '1y' }],
    ['notifications.keepKeyFor', { keepKeyFor: 'Infinity' }],
    ['notifications.keepKeyFor', { keepKeyFor: '' }],
    ['notifications.keepKeyFor', { keepKeyFor: null }],
    ['notifications.channels', { channels: {} }],
    ['notifications.channels[0]', { channels: [{ name: 'sms' }] }],
    ['notifications.channels[1]', { channels: [class SmsChannel {}, () => undefined] }],
    ['notifications.judgeAnswer', { judgeAnswer: {} }],
    ['notifications.chanels', { chanels: [] }],
  ])('refuses a wrong `%s`', (option, given) => {
    expect(() => NOTIFICATIONS_OPTIONS.resolve(given)).toThrow(
      expect.any(ConfigurationError) as Error,
    );
    expect(() => NOTIFICATIONS_OPTIONS.resolve(given)).toThrow(
      expect.objectContaining({ option }) as Error,
    );
  });
});
