/**
 * One option: the value that a host may give, and the value that the library uses.
 *
 * @typeParam Given the type that a host writes
 * @typeParam Resolved the type that services get, the default included
 * @internal
 */
export interface Option<Given, Resolved = Given> {
  /** For the compiler only: no option has it at run time. */
  readonly given?: Given;

  /**
   * Checks the option and fills in its default.
   *
   * @param given the host's value; `undefined` if it is not set
   * @param name the whole name of the option, such as `queue.concurrency`
   * @throws {ConfigurationError} that names the option, the kind of what was given, and the cure
   */
  resolve(given: unknown, name: string): Resolved;
}

/**
 * An option without a default, which a host must set.
 *
 * @internal
 */
export interface RequiredOption<Given, Resolved = Given> extends Option<Given, Resolved> {
  readonly isRequired: true;
}

/**
 * The options of a group by name.
 *
 * @internal
 */
export type Definition = Readonly<Record<string, Option<unknown, unknown>>>;

type GivenFor<One> = One extends { readonly given?: infer Given } ? Given : never;

type RequiredKeys<Options> = {
  [Key in keyof Options]: Options[Key] extends { readonly isRequired: true } ? Key : never;
}[keyof Options];

// Mapped over the keys of the definition, so that each property keeps its comment.
type Writable<Options, Keys extends keyof Options> = {
  readonly [Key in Keys]: GivenFor<Options[Key]>;
};

/**
 * The type that a host writes for a definition. Each property keeps the comment of its definition.
 *
 * @internal
 */
export type GivenOptions<Options> = Writable<Options, RequiredKeys<Options>> &
  Partial<Writable<Options, Exclude<keyof Options, RequiredKeys<Options>>>>;

/**
 * The type that services get for a definition.
 *
 * @internal
 */
export type ResolvedOptions<Options> = {
  readonly [Key in keyof Options]: Options[Key] extends Option<unknown, infer Resolved>
    ? Resolved
    : never;
};
