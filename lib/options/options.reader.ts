import { ConfigurationError } from '../errors/configuration.error.js';

/** Smallest and largest value of a number. */
interface Range {
  readonly min: number;
  readonly max?: number;
}

/**
 * Reads a group of options over their defaults, checking each one, so that a mistake is found when
 * the application starts and is named.
 *
 * @internal
 */
export class OptionsReader<Options extends object> {
  private readonly options: Partial<Record<keyof Options, unknown>>;

  /**
   * @param group name of the group in messages, such as `queue`
   * @param given what the host set; a property that is `undefined` counts as not set
   * @param defaults every option that there is
   * @throws {ConfigurationError} when it is no object, or has an unknown option
   */
  constructor(
    private readonly group: string,
    given: unknown,
    private readonly defaults: Options,
  ) {
    if (
      given !== undefined &&
      (typeof given !== 'object' || given === null || Array.isArray(given))
    ) {
      throw ConfigurationError.invalidOption(
        group,
        'an object',
        given,
        'Leave it out, or give it options.',
      );
    }
    this.options = given ?? {};
    const unknown = Object.keys(this.options).find((key) => !Object.hasOwn(defaults, key));
    if (unknown !== undefined) {
      throw ConfigurationError.because(
        `${group}.${unknown}`,
        `There is no option \`${group}.${unknown}\`.`,
        `There are: ${Object.keys(defaults).join(', ')}.`,
      );
    }
  }

  /** A whole number within a range. */
  integer(key: keyof Options & string, range: Range): number {
    return this.checked(key, range, Number.isSafeInteger, 'a whole number');
  }

  /** A number within a range. */
  number(key: keyof Options & string, range: Range): number {
    return this.checked(key, range, Number.isFinite, 'a number');
  }

  /** True or false. */
  boolean(key: keyof Options & string): boolean {
    const value = this.value(key);
    if (typeof value === 'boolean') return value;
    throw this.invalid(key, 'true or false', value);
  }

  /** Whatever was given, for the caller to check. */
  value(key: keyof Options & string): unknown {
    return this.options[key] ?? this.defaults[key];
  }

  private checked(
    key: keyof Options & string,
    { min, max }: Range,
    isKind: (value: unknown) => boolean,
    kind: string,
  ): number {
    const value = this.value(key);
    if (typeof value === 'number' && isKind(value) && value >= min && value <= (max ?? value)) {
      return value;
    }
    const range = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
    throw this.invalid(key, `${kind}, ${range}`, value);
  }

  private invalid(key: string, expected: string, value: unknown): ConfigurationError {
    return ConfigurationError.invalidOption(
      `${this.group}.${key}`,
      expected,
      value,
      'Correct it, or leave it out for the default.',
    );
  }
}
