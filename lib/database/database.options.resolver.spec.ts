import { ConfigurationError } from '../errors/configuration.error.js';
import { DEFAULT_DATABASE_OPTIONS } from './database.options.js';
import { resolveDatabaseOptions } from './database.options.resolver.js';

describe(resolveDatabaseOptions.name, () => {
  it('F-6 F-7 fills in the defaults', () => {
    expect(resolveDatabaseOptions(undefined)).toEqual(DEFAULT_DATABASE_OPTIONS);
    expect(resolveDatabaseOptions({ preparedStatements: false })).toEqual({
      ...DEFAULT_DATABASE_OPTIONS,
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
    expect(() => resolveDatabaseOptions(given)).toThrow(ConfigurationError);
    expect(() => resolveDatabaseOptions(given)).toThrow(`\`${option}\``);
  });
});
