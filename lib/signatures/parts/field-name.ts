import { ConfigurationError } from '../../errors/configuration.error.js';

const FIELD_NAME = /^[^.\p{C}]{1,64}$/u;

/**
 * Checks the name of a form's field, which becomes the first key of a dotted path.
 *
 * @throws {ConfigurationError} for a text that cannot be one
 * @internal
 */
export function fieldName(option: string, name: unknown): string {
  if (typeof name === 'string' && FIELD_NAME.test(name)) return name;
  throw ConfigurationError.invalidOption(
    option,
    'the name of a form field: 1 to 64 printable characters, without dots',
    name,
    "Set it to the field that the sender puts its JSON into, such as 'payload'.",
  );
}
