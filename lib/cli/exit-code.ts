/** The exit codes of the commands. */
export const EXIT = {
  /** Success. */
  right: 0,
  /** The application refused a request, did not answer, or accepted a request that it should have refused. */
  wrong: 1,
  /** Wrong usage. */
  usage: 2,
} as const;

/** @internal */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
