import { ConfigurationError } from '../errors/configuration.error.js';
import { isRecord } from './is-record.js';
import type { Definition, GivenOptions, Option, ResolvedOptions } from './option.js';

/**
 * A group of options, declared once. Its definition gives the type that a host writes, the type that services
 * get, the defaults, the checks, and the token for injection.
 *
 * @internal
 */
export class OptionGroup<
  Options extends Definition,
  Resolved = ResolvedOptions<Options>,
> implements Option<GivenOptions<Options>, Resolved> {
  declare readonly given?: GivenOptions<Options>;

  /** Token under which services inject the resolved group. */
  readonly token: symbol;

  /**
   * @param name of the group in messages, such as `queue`; empty for the options of the module itself
   * @param definition all options of the group
   * @param complete completes the options together, after each is checked
   */
  constructor(
    readonly name: string,
    readonly definition: Options,
    private readonly complete: (options: ResolvedOptions<Options>, name: string) => Resolved,
  ) {
    this.token = Symbol(`hookline:${name}-options`);
  }

  /** The options of a host that sets nothing. */
  get defaults(): Resolved {
    return this.resolve({});
  }

  /**
   * Checks every option and fills in every default.
   *
   * @param given what the host set; a property that is `undefined` counts as not set
   * @param name of the group in messages, if it is not its own
   * @throws {ConfigurationError} that names the option, what was given and the cure
   */
  resolve(given: unknown, name: string = this.name): Resolved {
    const options = this.known(given, name);
    const resolved = Object.entries(this.definition).map(([key, option]) => [
      key,
      option.resolve(options[key], nameOf(name, key)),
    ]);
    return this.complete(Object.fromEntries(resolved) as ResolvedOptions<Options>, name);
  }

  /** This group as an option of another group, with the name of its interface for editors. */
  as<Named extends GivenOptions<Options>>(): Option<Named, Resolved> {
    return this as Option<unknown, Resolved> as Option<Named, Resolved>;
  }

  private known(given: unknown, name: string): Readonly<Record<string, unknown>> {
    if (given === undefined) return {};
    if (!isRecord(given)) {
      throw ConfigurationError.invalidOption(
        name,
        'an object',
        given,
        'Leave it out, or give it options.',
      );
    }
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(this.definition, key));
    if (unknown === undefined) return given;
    throw ConfigurationError.because(
      nameOf(name, unknown),
      `There is no option \`${nameOf(name, unknown)}\`.`,
      `There are: ${Object.keys(this.definition).join(', ')}.`,
    );
  }
}

/**
 * Declares a group of options. Editors show the comment of each option to the host's developers.
 *
 * @param complete completes the options together: checks one against another, or adds derived ones
 * @example
 * ```ts
 * export const QUEUE_OPTIONS = optionGroup('queue', {
 *   /** Most jobs that run at the same time in this process. @default 10 *\/
 *   concurrency: integer(10, { min: 1 }),
 * });
 * export interface QueueOptions extends OptionsOf<typeof QUEUE_OPTIONS> {}
 * export type ResolvedQueueOptions = ResolvedOf<typeof QUEUE_OPTIONS>;
 * ```
 * @internal
 */
export function optionGroup<const Options extends Definition, Resolved = ResolvedOptions<Options>>(
  name: string,
  definition: Options,
  complete: (options: ResolvedOptions<Options>, name: string) => Resolved = asTheyAre,
): OptionGroup<Options, Resolved> {
  return new OptionGroup(name, definition, complete);
}

/** The type that a host writes for a group. @internal */
export type OptionsOf<Group> =
  Group extends OptionGroup<infer Options, unknown> ? GivenOptions<Options> : never;

/** The type that services get for a group. @internal */
export type ResolvedOf<Group extends { resolve(given: unknown): unknown }> = ReturnType<
  Group['resolve']
>;

function asTheyAre<Resolved>(options: unknown): Resolved {
  return options as Resolved;
}

function nameOf(group: string, key: string): string {
  return group === '' ? key : `${group}.${key}`;
}
