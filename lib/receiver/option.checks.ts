import { ConfigurationError } from '../errors/configuration.error.js';

/** @throws {ConfigurationError} that names the option */
export function positiveInteger(option: string, given: number): number {
  if (Number.isSafeInteger(given) && given > 0) return given;
  throw ConfigurationError.invalidOption(
    option,
    'a whole number above 0',
    given,
    'Set it to one, or leave it out for the default.',
  );
}

/** @throws {ConfigurationError} that names the option that there is not */
export function refuseUnknownKeys(option: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw ConfigurationError.because(
      `${option}.${key}`,
      `There is no option \`${option}.${key}\`.`,
      `Use one of ${known.join(', ')}.`,
    );
  }
}

export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
