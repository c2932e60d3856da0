/**
 * One option: what a host may give for it, and what the library makes of that.
 *
 * @typeParam Given what a host may write
 * @typeParam Resolved what services get, the default included
 * @internal
 */
export interface Option<Given, Resolved = Given> {
  /** Only the compiler knows it: no option has it at run time. */
  readonly given?: Given;

  /**
   * Checks the option and fills in its default.
   *
   * @param given what the host wrote, `undefined` where it wrote nothing
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

// Over the keys of the definition, so that each property keeps the comment that it has there.
type Writable<Options, Keys extends keyof Options> = {
  readonly [Key in Keys]: GivenFor<Options[Key]>;
};

/**
 * What a host may write for a definition. Each property keeps the comment of its definition.
 *
 * @internal
 */
export type GivenOptions<Options> = Writable<Options, RequiredKeys<Options>> &
  Partial<Writable<Options, Exclude<keyof Options, RequiredKeys<Options>>>>;

/**
 * What services get for a definition.
 *
 * @internal
 */
export type ResolvedOptions<Options> = {
  readonly [Key in keyof Options]: Options[Key] extends Option<unknown, infer Resolved>
    ? Resolved
    : never;
};
