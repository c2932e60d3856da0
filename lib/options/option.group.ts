import { ConfigurationError } from '../errors/configuration.error.js';
import { isRecord } from './is-record.js';
import type { Definition, GivenOptions, Option, ResolvedOptions } from './option.js';

/**
 * A group of options, declared once: from its definition come the type of what a host writes, the type of what
 * services get, the defaults, the checks, and the token that services inject it by.
 *
 * @internal
 */
export class OptionGroup<
  Options extends Definition,
  Resolved = ResolvedOptions<Options>,
> implements Option<GivenOptions<Options>, Resolved> {
  declare readonly given?: GivenOptions<Options>;

  /** What services inject the resolved group by. */
  readonly token: symbol;

  /**
   * @param name of the group in messages, such as `queue`; empty for the options of the module itself
   * @param definition every option that there is
   * @param complete looks at the options together, once each of them is checked
   */
  constructor(
    readonly name: string,
    readonly definition: Options,
    private readonly complete: (options: ResolvedOptions<Options>, name: string) => Resolved,
  ) {
    this.token = Symbol(`hookline:${name}-options`);
  }

  /** What holds where the host sets nothing. */
  get defaults(): Resolved {
    return this.resolve({});
  }

  /**
   * Checks every option and fills in every default.
   *
   * @param given what the host set; a property that is `undefined` counts as not set
   * @param name of the group in messages, where it is not its own
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

  /** This group under the name of its interface, as editors show it where the group is an option itself. */
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
 * Declares a group of options. The comment of each option is what a host reads in its editor.
 *
 * @param complete looks at the options together: checks one against another, or adds what follows from them
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

/** What a host may write for a group. @internal */
export type OptionsOf<Group> =
  Group extends OptionGroup<infer Options, unknown> ? GivenOptions<Options> : never;

/** What services get for a group. @internal */
export type ResolvedOf<Group extends { resolve(given: unknown): unknown }> = ReturnType<
  Group['resolve']
>;

function asTheyAre<Resolved>(options: unknown): Resolved {
  return options as Resolved;
}

function nameOf(group: string, key: string): string {
  return group === '' ? key : `${group}.${key}`;
}
