/**
 * Stands for a payload that exists but cannot be read, such as a row whose text is damaged. Only this job fails for
 * it, not the others that were read with it.
 *
 * @internal
 */
export class Unreadable {
  constructor(readonly problem: unknown) {}
}
