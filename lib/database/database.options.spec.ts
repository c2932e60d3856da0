import { ConfigurationError } from '../errors/configuration.error.js';
import { DATABASE_OPTIONS } from './database.options.js';

describe('DATABASE_OPTIONS', () => {
  it('F-6 F-7 fills in the defaults', () => {
    expect(DATABASE_OPTIONS.resolve(undefined)).toEqual({
      statementTimeoutMs: 5_000,
      readTimeoutMs: 20_000,
      preparedStatements: 'auto',
      wakeUps: 'auto',
    });
    expect(DATABASE_OPTIONS.resolve({ preparedStatements: false })).toEqual({
      ...DATABASE_OPTIONS.defaults,
      preparedStatements: false,
    });
  });

  it.each([
    ['database.statementTimeoutMs', { statementTimeoutMs: 0 }],
    ['database.statementTimeoutMs', { statementTimeoutMs: Infinity }],
    ['database.readTimeoutMs', { readTimeoutMs: '10s' }],
    ['database.preparedStatements', { preparedStatements: 'never' }],
    ['database.timeout', { timeout: 5 }],
  ])('F-6 F-7 names the option %s that is wrong', (option, given) => {
    expect(() => DATABASE_OPTIONS.resolve(given)).toThrow(ConfigurationError);
    expect(() => DATABASE_OPTIONS.resolve(given)).toThrow(`\`${option}\``);
  });
});
