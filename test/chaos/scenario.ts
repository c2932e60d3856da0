import type { Run } from './run.js';

/** What a scenario did, printed in one line. `lost` is 0 in every scenario that passes. */
export type Figures = Readonly<Record<string, number | string>>;

/** One kind of failure, tried on one database. */
export interface Scenario {
  /** Unique; `--only` chooses by a part of it. */
  readonly name: string;
  /** Whether it is left out of the short form unless `--only` names it. */
  readonly takesMinutes?: boolean;
  /** @throws {ChaosError} that says what broke, {@link SkippedError} if the machine lacks something */
  run(run: Run): Promise<Figures>;
}
