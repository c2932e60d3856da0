import { WebhookError } from './webhook.error.js';

/**
 * The application is set up in a way that cannot work. Thrown while it starts, never later;
 * the message names the option, what was given and the cure.
 *
 * @publicApi
 */
export class ConfigurationError extends WebhookError {
  constructor(
    /** The option or decorator that is wrong, such as `sources.game.secret`. */
    readonly option: string,
    problem: string,
    cure: string,
    options?: ErrorOptions,
  ) {
    super('CONFIGURATION', `${problem} ${cure}`, options);
  }

  /** An option has a value that it cannot have. */
  static invalidOption(
    option: string,
    expected: string,
    given: unknown,
    cure: string,
  ): ConfigurationError {
    return new ConfigurationError(
      option,
      `Expected \`${option}\` to be ${expected}, got ${kindOf(given)}.`,
      cure,
    );
  }

  /** Two things carry a name that must be unique. */
  static duplicateName(
    option: string,
    kind: string,
    name: string,
    cure: string,
  ): ConfigurationError {
    return new ConfigurationError(option, `There are two ${kind} with the name '${name}'.`, cure);
  }

  /** Something else about the set-up cannot work. */
  static because(
    option: string,
    problem: string,
    cure: string,
    options?: ErrorOptions,
  ): ConfigurationError {
    return new ConfigurationError(option, problem, cure, options);
  }
}

/** Names the kind of a value, and the value itself only where it cannot be a secret. */
function kindOf(value: unknown): string {
  if (value === '') return 'an empty string';
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
  if (typeof value === 'string') return value.trim() === '' ? 'a blank string' : 'a string';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
