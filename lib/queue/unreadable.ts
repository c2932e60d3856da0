/**
 * Stands for a payload that exists but cannot be read, such as a damaged row. Only its job fails, not the
 * others that were loaded with it.
 *
 * @internal
 */
export class Unreadable {
  constructor(readonly problem: unknown) {}
}
