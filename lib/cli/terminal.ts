/**
 * What a command uses of its process: version, environment, time and output.
 *
 * @internal
 */
export interface Terminal {
  /** The package's version. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
