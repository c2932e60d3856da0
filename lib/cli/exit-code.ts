/** What the shell is told. */
export const EXIT = {
  /** All went as it should. */
  right: 0,
  /** A request was refused, or not reached; or one that should have been refused was not. */
  wrong: 1,
  /** The command cannot be run as it was given. */
  usage: 2,
} as const;

/** @internal */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
