import { ConfigurationError } from '../errors/configuration.error.js';
import { resolveNotificationsOptions } from './notifications.options.resolver.js';

describe(resolveNotificationsOptions.name, () => {
  it('fills in defaults', () => {
    expect(resolveNotificationsOptions(undefined)).toEqual({ channels: [], timeoutMs: 30_000 });
  });

  it('takes what is given', () => {
    class SmsChannel {}
    const options = { channels: [SmsChannel], timeoutMs: 5_000 };
    expect(resolveNotificationsOptions(options)).toEqual(options);
  });

  it.each<[string, unknown]>([
    ['notifications.timeoutMs', { timeoutMs: 0 }],
    ['notifications.channels', { channels: {} }],
    ['notifications.channels', { channels: [{ name: 'sms' }] }],
    ['notifications.channels', { channels: [() => undefined] }],
    ['notifications.chanels', { chanels: [] }],
  ])('refuses a wrong `%s`', (option, given) => {
    expect(() => resolveNotificationsOptions(given)).toThrow(
      expect.any(ConfigurationError) as Error,
    );
    expect(() => resolveNotificationsOptions(given)).toThrow(
      expect.objectContaining({ option }) as Error,
    );
  });
});
