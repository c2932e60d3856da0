/** A promise of the library was broken. */
export class ChaosError extends Error {}

/** The machine lacks what the scenario needs. */
export class SkippedError extends Error {}

/** @throws {ChaosError} with the text, unless the condition holds */
export function must(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new ChaosError(broken);
}
