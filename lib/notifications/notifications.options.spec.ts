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

  it.each<[string, unknown]>([
    ['notifications.timeoutMs', { timeoutMs: 0 }],
    ['notifications.keepKeyFor', { keepKeyFor: 0 }],
    ['notifications.keepKeyFor', { keepKeyFor: NaN }],
    ['notifications.keepKeyFor', { keepKeyFor: '30d' }],
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
