import { ConfigurationError } from '../errors/configuration.error.js';
import { OptionsReader } from '../options/options.reader.js';
import { DEFAULT_DATABASE_OPTIONS, type ResolvedDatabaseOptions } from './database.options.js';

/** The shortest time limit: a server that is well may take as long as that at times. */
const MIN_TIMEOUT_MS = 100;

/**
 * @param given the host's `database` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveDatabaseOptions(given: unknown): ResolvedDatabaseOptions {
  const options = new OptionsReader('database', given, DEFAULT_DATABASE_OPTIONS);
  return {
    statementTimeoutMs: options.integer('statementTimeoutMs', { min: MIN_TIMEOUT_MS }),
    readTimeoutMs: options.integer('readTimeoutMs', { min: MIN_TIMEOUT_MS }),
    preparedStatements: preparedStatements(options.value('preparedStatements')),
  };
}

function preparedStatements(given: unknown): 'auto' | boolean {
  if (given === 'auto' || typeof given === 'boolean') return given;
  throw ConfigurationError.invalidOption(
    'database.preparedStatements',
    "'auto', true or false",
    given,
    'Correct it, or leave it out for the default.',
  );
}
